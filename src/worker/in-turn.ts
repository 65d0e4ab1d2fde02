import { type BackendId, backendChoice, expectedDevice } from '../backends';
import type { BackendName } from '../engine/backends/report';
import { type DeviceSlot, waitForDevice } from '../runs/device-queue';
import type { RunFolder } from '../runs/folder';
import type { Device } from '../runs/queue-folder';
import type { Requests } from '../runs/requests';
import type { WrittenState } from '../runs/types';
import type { RunWriter } from '../runs/writer';

/** What a run's execution works with; the process around it owns lock, heartbeat and signals. */
export interface RunHost {
  readonly run: RunFolder;
  readonly writer: RunWriter;
  onStep(step: number): void;
  takeRequests(): Requests;
}

export type Ending = Extract<WrittenState, 'done' | 'stopped'>;

/**
 * Waits until a device is free and executes the run on it. TensorFlow.js and its backend are loaded only then: a run
 * that waits takes little memory. Throws for every way to fail.
 */
export async function executeInTurn(host: RunHost): Promise<Ending> {
  const requested = backendChoice(host.writer.info.requestedBackend);
  const expected = queueOf((await expectedDevice(requested)).backend);
  let slot = await waitForTurn(expected, host);
  if (slot === undefined) return 'stopped';
  try {
    const { executeRun, startBackend } = await import('./execute-run.js');
    const device = queueOf(await startBackend(requested, host.writer));
    if (device !== expected) {
      // What is installed for the expected one does not work here.
      await slot.release();
      slot = await waitForTurn(device, host);
      if (slot === undefined) return 'stopped';
    }
    return await executeRun(host);
  } finally {
    await slot?.release();
  }
}

const ON_GPU: readonly (BackendId | BackendName)[] = ['gpu', 'tensorflow-gpu', 'webgpu'];

/** Whose queue the runs of a backend wait in. */
function queueOf(backend: BackendId | BackendName): Device {
  return ON_GPU.includes(backend) ? 'gpu' : 'cpu';
}

/**
 * Waits, in state `queued`, until the device is free; undefined if a stop was asked for meanwhile. A run that had a
 * place in the queue when its process died has it again.
 */
async function waitForTurn(device: Device, host: RunHost): Promise<DeviceSlot | undefined> {
  const { writer, run } = host;
  const { queuedAt } = writer.info;
  const stop = new AbortController();
  const onWaiting = (ahead: number, since: number): void => {
    const requests = host.takeRequests();
    if (requests.stop || requests.stopAfterEpoch) return stop.abort();
    if (writer.info.state === 'queued') return;
    writer.update({ state: 'queued', queuedAt: since });
    writer.log(`Waiting for the ${device}: ${ahead} ${ahead === 1 ? 'run is' : 'runs are'} ahead.`);
  };
  try {
    return await waitForDevice(device, run.folder, { since: queuedAt, onWaiting, signal: stop.signal });
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    throw error;
  } finally {
    writer.update({ state: 'starting', queuedAt: undefined });
  }
}
