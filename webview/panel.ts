import * as l10n from '@vscode/l10n';
import './panel.css';
import { App } from './app';
import { onThemeChanged } from './charts/read-theme';
import { host } from './host';
import { registerControls } from './toolkit';

/** The panel's page. */
const texts = document.body.dataset.texts;
if (texts !== undefined && texts !== '') l10n.config({ contents: texts });
window.addEventListener('error', ({ message }) =>
  host.postMessage({ type: 'fault', message: message.slice(0, 10_000) }),
);
window.addEventListener('unhandledrejection', ({ reason }) =>
  host.postMessage({ type: 'fault', message: String(reason).slice(0, 10_000) }),
);

registerControls();
const app = new App(document.getElementById('panel')!, host);
window.addEventListener('message', ({ data }) => app.receive(data));
onThemeChanged(() => app.changeTheme());
app.start();
