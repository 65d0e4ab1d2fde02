import { type Picture, toRgba } from './pixels';

/** An image of the data set, one pixel a pixel; how large it is shown is the style sheet's. */
export class PictureElement extends HTMLElement {
  private drawn: Picture | undefined;

  set picture(picture: Picture) {
    if (picture === this.drawn) return;
    this.drawn = picture;
    const canvas = document.createElement('canvas');
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas
      .getContext('2d')!
      .putImageData(new ImageData(toRgba(picture), picture.width, picture.height), 0, 0);
    this.replaceChildren(canvas);
  }
}

customElements.define('retort-picture', PictureElement);
