import { html, nothing, render } from 'lit-html';
import * as l10n from '@vscode/l10n';
import { difference, heat, rowSums } from './heat';

export interface ConfusionInput {
  readonly classes: readonly string[];
  /** classes × classes, row by row: the true class; column: the predicted one. */
  readonly confusion: Float64Array;
  readonly baselineConfusion: Float64Array | undefined;
}

/** Which classes are taken for which, or how that differs from the baseline: a table with colours, read by arrow keys. */
export class ConfusionElement extends HTMLElement {
  private current: ConfusionInput | undefined;
  private isDifference = false;
  /** The cell that the Tab key reaches. */
  private cell = { row: 0, column: 0 };

  set input(input: ConfusionInput) {
    if (
      input.confusion === this.current?.confusion &&
      input.baselineConfusion === this.current.baselineConfusion
    )
      return;
    this.current = input;
    this.write();
  }

  private write(): void {
    if (this.current === undefined) return;
    const { classes, confusion, baselineConfusion } = this.current;
    const isDifference = this.isDifference && baselineConfusion !== undefined;
    const values = isDifference ? difference(confusion, baselineConfusion) : confusion;
    const sums = rowSums(confusion, classes.length);
    render(
      html`<section class="confusion" aria-labelledby="confusion-title">
        <div class="confusion-title">
          <h2 id="confusion-title">${l10n.t('Confusion matrix')}</h2>
          ${
            baselineConfusion === undefined
              ? nothing
              : html`<vscode-checkbox
                  .checked=${this.isDifference}
                  @change=${(event: Event) => {
                    this.isDifference = (event.target as HTMLInputElement).checked;
                    this.write();
                  }}
                  >${l10n.t('Difference to the baseline')}</vscode-checkbox
                >`
          }
        </div>
        <p class="hint">
          ${
            isDifference
              ? l10n.t(
                  'Images more or fewer than with the baseline. Rows are true classes, columns predicted ones.',
                )
              : l10n.t('Images. Rows are true classes, columns predicted ones.')
          }
        </p>
        <div class="table-scroll">
          <table
            role="grid"
            aria-labelledby="confusion-title"
            @keydown=${(event: KeyboardEvent) => this.onKey(event)}
          >
            <thead>
              <tr>
                <th scope="col">${l10n.t('true')}</th>
                ${classes.map((name) => html`<th scope="col" title=${name}><span>${name}</span></th>`)}
              </tr>
            </thead>
            <tbody>
              ${classes.map(
                (name, row) =>
                  html`<tr>
                    <th scope="row" title=${name}>${name}</th>
                    ${classes.map((_, column) => this.cellView(values, sums[row]!, row, column, isDifference))}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </section>`,
      this,
    );
  }

  private cellView(
    values: Float64Array,
    sum: number,
    row: number,
    column: number,
    isDifference: boolean,
  ): unknown {
    const value = values[row * this.current!.classes.length + column]!;
    const rounded = Math.round(value);
    // More on the diagonal and less beside it is good.
    const isGood = (row === column) === value > 0;
    const step = isDifference ? heat(Math.abs(value) * 4, sum) : heat(value, sum);
    const text =
      rounded === 0
        ? isDifference
          ? '·'
          : '0'
        : isDifference && rounded > 0
          ? `+${rounded}`
          : String(rounded);
    const isReached = this.cell.row === row && this.cell.column === column;
    return html`<td
      class="heat heat-${step} ${isDifference ? (isGood ? 'heat-good' : 'heat-bad') : row === column ? 'heat-right' : 'heat-wrong'}"
      tabindex=${isReached ? 0 : -1}
      data-cell="${row},${column}"
    >
      ${text}
    </td>`;
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.current!.classes.length - 1;
    const { row, column } = this.cell;
    const moves: Record<string, { row: number; column: number }> = {
      ArrowUp: { row: row - 1, column },
      ArrowDown: { row: row + 1, column },
      ArrowLeft: { row, column: column - 1 },
      ArrowRight: { row, column: column + 1 },
      Home: { row, column: 0 },
      End: { row, column: last },
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const inside = (place: number) => Math.min(last, Math.max(0, place));
    this.cell = { row: inside(move.row), column: inside(move.column) };
    this.write();
    this.querySelector<HTMLElement>(`[data-cell="${this.cell.row},${this.cell.column}"]`)?.focus();
  }
}

customElements.define('retort-confusion', ConfusionElement);
