import type { Drawing, Mark } from './drawing';

/** Pixels for each unit of a drawing: sharp on any screen and in print. */
const SCALE = 2;

/** A drawing as the bytes of a PNG file. */
export async function toPng(drawing: Drawing, font: string): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(drawing.width * SCALE, drawing.height * SCALE);
  const context = canvas.getContext('2d')!;
  context.scale(SCALE, SCALE);
  context.fillStyle = drawing.background;
  context.fillRect(0, 0, drawing.width, drawing.height);
  for (const mark of drawing.marks) paint(context, mark, font);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await blob.arrayBuffer());
}

function paint(context: OffscreenCanvasRenderingContext2D, mark: Mark, font: string): void {
  context.save();
  switch (mark.kind) {
    case 'path':
      paintPath(context, mark);
      break;
    case 'text':
      context.font = `${mark.size}px ${font}`;
      context.textAlign = mark.anchor === 'middle' ? 'center' : mark.anchor;
      context.fillStyle = mark.colour;
      context.fillText(mark.text, mark.x, mark.y);
      break;
    case 'clipped':
      context.beginPath();
      context.rect(mark.box.x, mark.box.y, mark.box.width, mark.box.height);
      context.clip();
      for (const inner of mark.marks) paint(context, inner, font);
      break;
  }
  context.restore();
}

function paintPath(context: OffscreenCanvasRenderingContext2D, mark: Extract<Mark, { kind: 'path' }>): void {
  const path = new Path2D(mark.d);
  if (mark.fill !== undefined) {
    context.fillStyle = mark.fill;
    context.fill(path);
  }
  if (mark.stroke !== undefined) {
    context.strokeStyle = mark.stroke;
    context.lineWidth = mark.width ?? 1;
    context.lineJoin = 'round';
    context.setLineDash([...(mark.dash ?? [])]);
    context.stroke(path);
  }
}
