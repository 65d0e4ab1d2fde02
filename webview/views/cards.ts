import { html } from 'lit-html';
import * as l10n from '@vscode/l10n';
import { bytes, count, epochText, percent, signedPoints } from '../../src/common/format';
import type { Cards } from '../../src/protocol/panel-sections';

interface Card {
  readonly id: string;
  readonly title: string;
  /** The one figure; "n/a" where it cannot be had. */
  readonly value: string;
  /** What it stands beside, a line each. */
  readonly lines: readonly string[];
}

/** The five figures that say how the run does. */
export function cardsView(cards: Cards): unknown {
  const all = [accuracy(cards), gap(cards), against(cards), speed(cards), device(cards)];
  return html`<div class="cards">
    ${all.map(
      ({ id, title, value, lines }) =>
        html`<section class="card" data-card=${id} aria-labelledby="card-${id}">
          <h2 id="card-${id}" title=${title}>${title}</h2>
          <p class="card-value">${value}</p>
          ${lines.map((line) => html`<p class="card-line" title=${line}>${line}</p>`)}
        </section>`,
    )}
  </div>`;
}

function accuracy({ accuracy: { now, best, bestEpoch, teacher, test } }: Cards): Card {
  const when = bestEpoch === undefined ? '' : ` (${l10n.t('epoch {0}', epochText(bestEpoch))})`;
  return {
    id: 'accuracy',
    title: l10n.t('Accuracy'),
    value: now === undefined ? notAvailable() : percent(now),
    lines: [
      ...(best === undefined ? [] : [l10n.t('best {0}', percent(best)) + when]),
      ...(test === undefined ? [] : [l10n.t('on test {0}', percent(test))]),
      ...(teacher === undefined ? [] : [l10n.t('teacher {0}', percent(teacher))]),
    ],
  };
}

function gap({ gap: { split, value, teacher, baseline, why } }: Cards): Card {
  return {
    id: 'gap',
    title: l10n.t('Gap recovered'),
    value: value === undefined ? notAvailable() : percent(value, 0),
    lines:
      value === undefined && why !== undefined
        ? [why]
        : [
            ...(teacher === undefined ? [] : [l10n.t('teacher {0}', percent(teacher))]),
            ...(baseline === undefined ? [] : [l10n.t('baseline {0}', percent(baseline))]),
            onSplit(split),
          ],
  };
}

function against({
  against: { split, label, difference, standardError, seeds, baselineSeeds, why },
}: Cards): Card {
  const counts =
    seeds === undefined || baselineSeeds === undefined
      ? []
      : seeds === baselineSeeds
        ? [seeds === 1 ? l10n.t('one seed each') : l10n.t('{0} seeds each', seeds)]
        : [l10n.t('{0} against {1}', seedsText(seeds), seedsText(baselineSeeds))];
  const unit = split === 'test' ? l10n.t('points on test') : l10n.t('points on validation');
  return {
    id: 'against',
    title: label === undefined ? l10n.t('Against the baseline') : l10n.t('Against {0}', label),
    value: difference === undefined ? notAvailable() : signedPoints(difference, standardError),
    lines: difference === undefined && why !== undefined ? [why] : [unit, ...counts],
  };
}

function speed({ speed: { imagesPerSecond, dataWait } }: Cards): Card {
  return {
    id: 'speed',
    title: l10n.t('Speed'),
    value:
      imagesPerSecond === undefined
        ? notAvailable()
        : l10n.t('{0} images/s', count(Math.round(imagesPerSecond))),
    lines: dataWait === undefined ? [] : [l10n.t('waiting for data {0}', percent(dataWait, 0))],
  };
}

function device({ device: { text, memoryBytes } }: Cards): Card {
  return {
    id: 'device',
    title: l10n.t('Device'),
    value: text ?? notAvailable(),
    lines: memoryBytes === undefined ? [] : [l10n.t('memory {0}', bytes(memoryBytes))],
  };
}

function onSplit(split: 'validation' | 'test'): string {
  return split === 'test' ? l10n.t('on test') : l10n.t('on validation');
}

function seedsText(seeds: number): string {
  return seeds === 1 ? l10n.t('1 seed') : l10n.t('{0} seeds', seeds);
}

function notAvailable(): string {
  return l10n.t('n/a');
}
