import assert from 'node:assert/strict';
import type { FrameLocator, Locator, Page } from 'playwright-core';

/** VS Code's workbench as a person drives it. Everything waits for what it names; nothing sleeps. */
export class Workbench {
  constructor(readonly page: Page) {}

  /** Opens the workbench and waits until extensions run. */
  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await this.ready();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Until the workbench is drawn and its extension host has answered. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor();
    await this.page.locator('.monaco-workbench .activitybar .action-item').first().waitFor();
  }

  activityIcon(name: string): Locator {
    return this.page.locator('.part.activitybar').getByRole('tab', { name }).first();
  }

  /** Shows a view container of the activity bar; leaves it where it is shown already. */
  async showSideBar(name: string): Promise<void> {
    const icon = this.activityIcon(name);
    if ((await icon.getAttribute('aria-selected')) !== 'true') await icon.click();
    await this.page.locator('.part.sidebar').getByRole('heading', { name }).first().waitFor();
  }

  /** The palette's or a quick pick's box. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  get quickInputRows(): Locator {
    return this.quickInput.locator('.quick-input-list .monaco-list-row');
  }

  /** Runs a command by its title in the palette, `Retort: Show Log`, as soon as it is offered. */
  async command(title: string): Promise<void> {
    // The row's own text, or a command with a longer name would do.
    const row = this.quickInputRows.filter({ has: this.page.getByText(title, { exact: true }) }).first();
    // An open palette does not show what is contributed later: it is opened anew.
    for (let tries = 1; ; tries++) {
      try {
        await this.page.keyboard.press('F1');
        await this.quickInput.locator('input').first().fill(`>${title}`, { timeout: 2000 });
        await row.click({ timeout: 2000 });
        await row.waitFor({ state: 'hidden' });
        return;
      } catch (error) {
        if (tries === 10) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /**
   * Runs a command that asks by a quick pick, and waits for a row of it. A panel that takes the focus back as the
   * palette closes may close the pick too; a person then asks again.
   */
  async commandWithPick(title: string, row: string | RegExp): Promise<void> {
    for (let tries = 1; ; tries++) {
      await this.command(title);
      try {
        await this.pickRow(row).waitFor({ timeout: 5000 });
        await this.quickInput.getByRole('textbox').first().click({ timeout: 5000 });
        return;
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  }

  /** All titles that the palette offers in a category: `Retort: Show Log` and so on. */
  async paletteTitles(category: string): Promise<Set<string>> {
    const ofCategory = this.pickRow(`${category}: `);
    await this.page.keyboard.press('F1');
    await this.quickInput.locator('input').first().fill(`>${category}: `);
    await ofCategory.waitFor();
    const titles = new Set<string>();
    const focused = this.quickInput.locator('.monaco-list-row.focused');
    // The list draws only what is in sight.
    for (let isEnd = false; !isEnd;) {
      for (const title of await this.quickInputRows.locator('.label-name').allInnerTexts()) titles.add(title);
      isEnd = (await focused.getAttribute('aria-posinset')) === (await focused.getAttribute('aria-setsize'));
      if (!isEnd) await this.page.keyboard.press('PageDown');
    }
    await this.page.keyboard.press('Escape');
    return titles;
  }

  /** A quick pick's row that holds a text. */
  pickRow(text: string | RegExp): Locator {
    return this.quickInputRows.filter({ hasText: text }).first();
  }

  /** Chooses one row of a quick pick. */
  async pick(text: string | RegExp): Promise<void> {
    await this.pickRow(text).click();
  }

  /** Ticks exactly the rows with these labels in a quick pick of many, and confirms. */
  async pickMany(labels: readonly string[]): Promise<void> {
    await this.quickInputRows.first().waitFor();
    for (const row of await this.quickInputRows.all()) {
      const label = await row.locator('.label-name').first().innerText();
      const box = row.locator('.monaco-checkbox');
      if ((await box.getAttribute('aria-checked')) === 'true' && !labels.includes(label)) await box.click();
    }
    const input = this.quickInput.getByRole('textbox').first();
    for (const label of labels) {
      // The list draws only what is in sight.
      await input.fill(label);
      const name = this.page.locator('.label-name').getByText(label, { exact: true });
      const box = this.quickInputRows.filter({ has: name }).first().locator('.monaco-checkbox');
      if ((await box.getAttribute('aria-checked')) !== 'true') await box.click();
    }
    await input.fill('');
    await this.confirm();
  }

  /** Confirms what a quick pick or an input box holds. */
  async confirm(): Promise<void> {
    await this.quickInput.getByRole('textbox').first().press('Enter');
  }

  /** Types into an input box and confirms. */
  async enter(text: string): Promise<void> {
    const input = this.quickInput.locator('input').first();
    await input.fill(text);
    await input.press('Enter');
  }

  /** Names a file or folder in VS Code's own dialog, which first puts its proposal there. */
  async enterPath(path: string): Promise<void> {
    await this.quickInputRows.first().waitFor();
    await this.enter(path);
    // While it looks into the folder, the dialog hears no Enter.
    for (let tries = 1; await this.quickInput.isVisible(); tries++) {
      try {
        await this.quickInput.waitFor({ state: 'hidden', timeout: 2000 });
      } catch (error) {
        if (tries === 5) throw error;
        await this.page.keyboard.press('Enter');
      }
    }
  }

  /**
   * Opens a file by its name; of several by the folder's. A panel that takes the focus back may close what was opened:
   * a person then presses the keys again.
   */
  async openFile(name: string, folder = ''): Promise<void> {
    const row = this.quickInputRows.filter({ hasText: name }).filter({ hasText: folder }).first();
    for (let tries = 1; ; tries++) {
      try {
        await this.page.keyboard.press('Control+P');
        await this.quickInput.locator('input').first().fill(`${name} ${folder}`.trim(), { timeout: 5000 });
        await row.click({ timeout: 5000 });
        break;
      } catch (error) {
        if (tries === 5) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
    await this.tab(name).waitFor();
  }

  tab(name: string | RegExp): Locator {
    return this.page.locator('.tabs-container .tab').filter({ hasText: name }).last();
  }

  get editor(): Locator {
    return this.page.locator('.editor-group-container.active .monaco-editor').first();
  }

  /** A code lens by its text. */
  lens(text: string | RegExp): Locator {
    return this.page.locator('.codelens-decoration :is(a, span)').filter({ hasText: text }).first();
  }

  /** The texts of all lenses that are in sight. */
  async lensTexts(): Promise<string[]> {
    const texts = await this.editor.locator('.codelens-decoration :is(a, span:not(:empty))').allInnerTexts();
    return texts.map((text) => text.trim()).filter((text) => text !== '' && text !== '|');
  }

  /**
   * Clicks the lens above a line until what it asks is there: a lens that is drawn anew at that moment does not hear
   * the click.
   */
  async askByLens(text: string, line: string, asked: Locator): Promise<void> {
    for (let tries = 1; ; tries++) {
      await this.lens(text).waitFor();
      await (await this.lensAbove(line, text))?.click({ timeout: 5000 }).catch(() => undefined);
      try {
        return await asked.waitFor({ timeout: 20_000 });
      } catch (error) {
        if (tries === 4) throw error;
      }
    }
  }

  /** In the page lenses have no order of their own: the one right above the line. */
  private async lensAbove(line: string, text: string): Promise<Locator | undefined> {
    const below = await this.editor.locator('.view-line').filter({ hasText: line }).first().boundingBox();
    for (const lens of await this.editor.locator('.codelens-decoration a').filter({ hasText: text }).all()) {
      const box = await lens.boundingBox();
      if (box && below && box.y < below.y && box.y > below.y - 2 * below.height) return lens;
    }
    return undefined;
  }

  /** A line of the editor by an inlay hint in it. */
  hint(text: string | RegExp): Locator {
    return this.editor.locator('.view-line').filter({ hasText: text }).first();
  }

  /** Rows of a tree view, by the view's name. */
  tree(view: string): Locator {
    return this.page
      .locator('.part.sidebar .pane')
      .filter({ has: this.page.getByRole('button', { name: new RegExp(`^${view}`, 'i') }) })
      .locator('.monaco-list-row');
  }

  treeRow(view: string, text: string | RegExp): Locator {
    return this.tree(view).filter({ hasText: text }).first();
  }

  /** Opens a row of a tree if it is closed. */
  async expand(row: Locator): Promise<void> {
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'false')
      await row.locator('.monaco-tl-twistie').click();
  }

  /** A button of a view that has nothing to show. */
  welcomeButton(name: string): Locator {
    return this.page.locator('.part.sidebar .welcome-view').getByRole('button', { name, exact: true });
  }

  /** The page inside a webview: two frames deep. With several open, the one whose editor is shown. */
  webview(): FrameLocator {
    return this.page
      .locator('iframe.webview.ready:visible')
      .last()
      .contentFrame()
      .frameLocator('iframe#active-frame');
  }

  /** Notifications shown now, or in the centre. */
  get notifications(): Locator {
    return this.page.locator('.notification-list-item:visible');
  }

  notification(text: string | RegExp): Locator {
    return this.notifications.filter({ hasText: text }).first();
  }

  /** Presses a button of a notification, from the centre, where it stays after it has gone from the corner. */
  async answer(text: string | RegExp, button: string): Promise<void> {
    await this.command('Notifications: Show Notifications');
    await this.notification(text).getByRole('button', { name: button, exact: true }).click();
  }

  /** Closes the centre of notifications if it is open; what is in it stays. */
  async hideNotifications(): Promise<void> {
    const hide = this.page.locator('.notifications-center').getByRole('button', { name: /^Hide/ });
    if (await hide.isVisible()) await hide.click();
  }

  /** Runs a command that is refused; gives the one sentence that it says, and closes it. */
  async refusal(title: string, answer: () => Promise<void> = () => Promise.resolve()): Promise<string> {
    await this.command(title);
    await answer();
    const told = this.notifications.filter({ has: this.page.locator('.codicon-error, .codicon-warning') });
    await told.first().waitFor();
    assert.equal(await told.count(), 1, title);
    const sentence = await told.locator('.notification-list-item-message').innerText();
    await told.hover();
    await told.getByRole('button', { name: /^Clear Notification/ }).click();
    await told.waitFor({ state: 'detached' });
    return sentence;
  }

  /** Closes every notification. */
  async clearNotifications(): Promise<void> {
    await this.command('Notifications: Clear All Notifications');
  }

  /** A status bar item by its text. */
  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item').filter({ hasText: text }).first();
  }
}
