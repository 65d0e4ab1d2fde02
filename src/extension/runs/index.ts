import type * as vscode from 'vscode';
import type { Services } from '../services';
import { registerControl } from './commands/control';
import { registerExport } from './commands/export';
import { registerNotes } from './commands/notes';
import { registerOrder } from './commands/order';
import { registerQueue } from './commands/queue';
import { registerShow } from './commands/show';
import { Targets } from './commands/targets';
import { registerTrash } from './commands/trash';
import { DeviceView } from './device-view';
import { ExperimentsView } from './experiments-view';
import { LogDocuments } from './log-document';
import { TimeLeft } from './model/time-left';
import { NoteFiles } from './note-files';
import { Notifier } from './notifier';
import { QueueView } from './queue-view';
import { registerReviver } from './reviver';
import { registerStatusBar } from './status-bar';

/** The side bar, the status bar, and everything that is done to runs. */
export function register(services: Services): vscode.Disposable[] {
  const timeLeft = new TimeLeft();
  const experiments = new ExperimentsView(services, timeLeft);
  const queue = new QueueView(services);
  const targets = new Targets(services, experiments);
  return [
    experiments,
    queue,
    new DeviceView(),
    new Notifier(services, experiments.view),
    new LogDocuments(services),
    ...NoteFiles.register(services),
    ...registerControl(services, targets),
    ...registerNotes(services, targets),
    ...registerShow(services, targets),
    ...registerExport(services, targets),
    ...registerTrash(services, targets),
    ...registerOrder(services, experiments),
    ...registerQueue(services, queue),
    ...registerStatusBar(services, timeLeft),
    ...registerReviver(services),
  ];
}
