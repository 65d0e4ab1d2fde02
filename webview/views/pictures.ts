import { html, nothing, render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import * as l10n from '@vscode/l10n';
import { percent } from '../../src/common/format';
import type { Prediction } from '../../src/protocol/panel-sections';
import './picture';

export interface PicturesInput {
  readonly worst: readonly Prediction[];
  readonly classes: readonly string[];
}

/** What a picture is, or is taken for. */
interface Said {
  readonly who: string;
  readonly what: string;
  /** Absent for the truth. */
  readonly isRight?: boolean;
  /** What is given to the true class. */
  readonly probability?: number | undefined;
}

/** Pictures with what each model takes them for: the Tab key reaches the list, arrow keys go through it. */
export class PicturesElement extends HTMLElement {
  private current: PicturesInput | undefined;
  /** The picture that the Tab key reaches. */
  private reached = 0;

  set input(input: PicturesInput) {
    if (input.worst === this.current?.worst && input.classes === this.current.classes) return;
    this.current = input;
    this.reached = Math.max(0, Math.min(this.reached, input.worst.length - 1));
    this.write();
  }

  private write(): void {
    if (this.current === undefined) return;
    const { worst, classes } = this.current;
    render(
      html`<ul class="pictures" @keydown=${(event: KeyboardEvent) => this.onKey(event)}>
        ${repeat(
          worst,
          ({ index }) => index,
          (prediction, place) => this.pictureView(prediction, place, classes),
        )}
      </ul>`,
      this,
    );
  }

  private pictureView(prediction: Prediction, place: number, classes: readonly string[]): unknown {
    const { index, picture } = prediction;
    const all = saidOf(prediction, classes);
    const name = l10n.t('image {0}', index);
    return html`<li
      class="prediction"
      tabindex=${place === this.reached ? 0 : -1}
      aria-label=${[name, ...all.map(inWords)].join('; ')}
      @focus=${() => this.reach(place)}
    >
      <retort-picture .picture=${picture} aria-hidden="true"></retort-picture>
      <dl>${all.map(saidView)}</dl>
      <p class="prediction-facts">${name}</p>
    </li>`;
  }

  private reach(place: number): void {
    if (place === this.reached) return;
    this.reached = place;
    this.write();
  }

  private onKey(event: KeyboardEvent): void {
    const pictures = [...this.querySelectorAll<HTMLElement>('.prediction')];
    const columns = pictures.filter(({ offsetTop }) => offsetTop === pictures[0]!.offsetTop).length;
    const last = pictures.length - 1;
    const moves: Record<string, number> = {
      ArrowLeft: this.reached - 1,
      ArrowRight: this.reached + 1,
      ArrowUp: this.reached - columns,
      ArrowDown: this.reached + columns,
      Home: 0,
      End: last,
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    pictures[Math.max(0, Math.min(last, move))]?.focus();
  }
}

function saidOf(prediction: Prediction, classes: readonly string[]): Said[] {
  const { truth, student, studentProbability, teacher, teacherProbability } = prediction;
  const name = (index: number) => classes[index] ?? String(index);
  const said = (who: string, index: number, probability: number | undefined): Said => ({
    who,
    what: name(index),
    isRight: index === truth,
    probability,
  });
  return [
    { who: l10n.t('truth'), what: name(truth) },
    said(l10n.t('student'), student, studentProbability),
    ...(teacher === undefined ? [] : [said(l10n.t('teacher'), teacher, teacherProbability)]),
  ];
}

function saidView({ who, what, isRight, probability }: Said): unknown {
  const icon =
    isRight === undefined
      ? nothing
      : html`<i
          class="codicon codicon-${isRight ? 'check' : 'close'}"
          role="img"
          aria-label=${rightText(isRight)}
        ></i>`;
  return html`<div>
    <dt>${who}</dt>
    <dd title=${what}>${icon}<span class="class-name">${what}</span></dd>
    <dd class="probability">${probability === undefined ? '' : percent(probability, 0)}</dd>
  </div>`;
}

/** `student Coat, wrong, 3 %` */
function inWords({ who, what, isRight, probability }: Said): string {
  return [
    `${who} ${what}`,
    ...(isRight === undefined ? [] : [rightText(isRight)]),
    ...(probability === undefined ? [] : [percent(probability, 0)]),
  ].join(', ');
}

function rightText(isRight: boolean): string {
  return isRight ? l10n.t('right') : l10n.t('wrong');
}

customElements.define('retort-pictures', PicturesElement);
