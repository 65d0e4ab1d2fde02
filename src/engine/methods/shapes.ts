import { InputError } from '../../common/errors';
import type { Shape } from './method';

export interface ShapePair {
  readonly student: Shape;
  readonly teacher: Shape;
}

/** Height, width and channels of a feature map. */
export interface MapSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The shape of one sample: `[8, 8, 64]`. */
export function sampleShape(shape: Shape): string {
  return `[${shape.slice(1).join(', ')}]`;
}

/** Shapes that a method cannot take: an adapter in front of it may help. */
export class ShapeError extends InputError {}

/** Throws the sentence that says what a method needs and what it was given. */
export function refuseShapes(needs: string, { student, teacher }: ShapePair): never {
  throw new ShapeError(
    `${needs}, but the student's layer gives ${sampleShape(student)} and the teacher's ${sampleShape(teacher)}; hook other layers`,
  );
}

/** The sizes of two feature maps [N, H, W, C]; throws `InputError` if one is not a map. */
export function mapSizes(method: string, shapes: ShapePair): { student: MapSize; teacher: MapSize } {
  if (shapes.student.length !== 4 || shapes.teacher.length !== 4) {
    refuseShapes(`${method} compares feature maps [height, width, channels]`, shapes);
  }
  return { student: mapSize(shapes.student), teacher: mapSize(shapes.teacher) };
}

/** The sizes of several maps; `evenly`: as many on one side as on the other. Throws `InputError` otherwise. */
export function mapList(
  method: string,
  shapes: { readonly student: readonly Shape[]; readonly teacher: readonly Shape[] },
  { evenly = true } = {},
): { student: MapSize[]; teacher: MapSize[] } {
  const { student, teacher } = shapes;
  if (Math.min(student.length, teacher.length) < 2 || (evenly && student.length !== teacher.length)) {
    const wanted = evenly ? 'as many layers of the student as of the teacher' : 'layers of both models';
    throw new InputError(
      `${method} hooks ${wanted}, at least two, not ${student.length} and ${teacher.length}`,
    );
  }
  const sizes = (side: readonly Shape[]): MapSize[] =>
    side.map((shape) => {
      if (shape.length === 4) return mapSize(shape);
      throw new InputError(
        `${method} compares feature maps [height, width, channels], but one of its layers gives ${sampleShape(shape)}; hook other layers`,
      );
    });
  return { student: sizes(student), teacher: sizes(teacher) };
}

function mapSize([, height, width, channels]: Shape): MapSize {
  return { height: height!, width: width!, channels: channels! };
}

export function sameArea(student: MapSize, teacher: MapSize): boolean {
  return student.height === teacher.height && student.width === teacher.width;
}

/**
 * Throws `InputError` where one position is all that a method can compare: it would always find both alike. No adapter
 * helps there.
 */
export function severalPositions(
  method: string,
  { height, width }: Pick<MapSize, 'height' | 'width'>,
  { student, teacher }: ShapePair,
): void {
  if (height * width > 1) return;
  throw new InputError(
    `${method} compares the positions of a map with one another, but the student's layer gives ${sampleShape(student)} and the teacher's ${sampleShape(teacher)}, which leaves one; hook earlier layers`,
  );
}

/** The number of classes of two logits [N, classes]; throws `InputError` if they are not alike, or if there is one. */
export function sameLogits(method: string, shapes: ShapePair): number {
  const [, classes] = shapes.student;
  if (shapes.student.length !== 2 || shapes.teacher.length !== 2 || classes !== shapes.teacher[1]) {
    refuseShapes(`${method} compares logits [classes] of as many classes`, shapes);
  }
  severalClasses(method, shapes);
  return classes!;
}

/** Throws `InputError` unless both are logits of the same shape, [N, classes] or of every pixel, [N, H, W, classes]. */
export function sameLogitsOrPixels(method: string, shapes: ShapePair): void {
  const { student, teacher } = shapes;
  if (![2, 4].includes(student.length) || sampleShape(student) !== sampleShape(teacher)) {
    refuseShapes(
      `${method} compares logits of the same shape, [classes] or [height, width, classes]`,
      shapes,
    );
  }
  severalClasses(method, shapes);
}

/** The share of a class alone is always 1. */
function severalClasses(method: string, shapes: ShapePair): void {
  if (shapes.student.at(-1)! < 2) refuseShapes(`${method} compares logits of at least two classes`, shapes);
}
