import type { FrameLocator, Locator, Page } from 'playwright-core';
import type { Workbench } from './workbench';

/** The panel of a run or a comparison, as a person reads and works it. */
export class Panel {
  constructor(private readonly workbench: Workbench) {}

  get frame(): FrameLocator {
    return this.workbench.webview();
  }

  get page(): Page {
    return this.workbench.page;
  }

  get heading(): Locator {
    return this.frame.getByRole('heading', { level: 1 });
  }

  /** Waits until the header says that the run is in a state. */
  async waitForState(state: string, timeout = 120_000): Promise<void> {
    await this.frame.locator(`.run-state.state-${state}`).waitFor({ timeout });
  }

  /** Presses a button of the header or an entry of one of its menus. */
  async act(action: string): Promise<void> {
    const button = this.frame.locator(`[data-action=${action}]`).first();
    const menu = await button.getAttribute('popovertarget');
    if (menu !== null) await this.frame.locator(`[popovertarget=${menu}]`).first().click();
    await button.click();
  }

  async openTab(name: string): Promise<void> {
    await this.frame.getByRole('tab', { name }).click();
    await this.frame.getByRole('tab', { name, selected: true }).waitFor();
  }

  /** A chart by its title. */
  chart(title: string): Locator {
    return this.frame.getByRole('group', { name: title, exact: true });
  }

  get charts(): Locator {
    return this.frame.locator('retort-chart');
  }

  /** The rows of a chart's table; the chart stays a table. */
  async rows(title: string): Promise<Locator> {
    await this.showTable(title, true);
    return this.chart(title).locator('tbody tr');
  }

  /** Shows a chart as a table, or as a picture again. */
  async showTable(title: string, isTable: boolean): Promise<void> {
    const button = this.chart(title).getByRole('button', { name: `${title} as a table` });
    if ((await button.getAttribute('aria-pressed')) !== String(isTable)) await button.click();
    await this.chart(title)
      .locator(isTable ? 'table' : '.plot')
      .waitFor();
  }

  /** The title of the chart whose picture has the keyboard's focus; undefined where it is elsewhere. */
  async focusedChart(): Promise<string | undefined> {
    const chart = this.charts.filter({ has: this.page.locator('.plot:focus') });
    return (await chart.count()) === 0 ? undefined : chart.getByRole('heading').innerText();
  }

  /** What a screen reader is told about the crosshair of a chart. */
  async spoken(title: string): Promise<string> {
    return (await this.chart(title).locator('[aria-live=polite]').innerText()).trim();
  }
}
