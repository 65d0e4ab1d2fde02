import type { HookKind } from './catalogue';

/** What pairing needs to know of a layer; lists of them are in the order of the network, inputs first. */
export interface PairableLayer {
  readonly id: string;
  readonly className: string;
  /** Without the batch. */
  readonly outputShape: readonly (number | null)[];
}

export interface LayerPair {
  readonly student: string;
  readonly teacher: string;
}

/** A pair for a method that hooks several at once. */
export interface OrderedPair extends LayerPair {
  /** Whether it is one of those to take where nothing is known better: the stages. */
  readonly isBest: boolean;
  /** Of the student's layer, from the input on. */
  readonly position: number;
}

/** Layers that hold nothing that the one before does not. */
const PASSING = new Set([
  'InputLayer',
  'Dropout',
  'SpatialDropout1D',
  'GaussianNoise',
  'ZeroPadding2D',
  'Cropping2D',
]);
/** Layers that may stand between a network's last vector and its logits, or behind these. */
const OUTPUTS = new Set(['Dense', 'Activation', 'Softmax', 'Reshape', 'Flatten']);

/** A layer that can be hooked, with where it stands among those of its resolution. */
interface Candidate {
  readonly layer: PairableLayer;
  /** Height times width; 1 for vectors. */
  readonly area: number;
  /** From 0, the first layer of this resolution, to 1, the last. */
  readonly depth: number;
  /** Whether its name says that a stage ends with it. */
  readonly isStage: boolean;
  /** The same over the whole network. */
  readonly networkDepth: number;
}

/**
 * One pair for each layer of the student that a method of this kind can hook, the best first: those of one resolution
 * before others, ends of stages (by name, then the last layer of a resolution) before the layers within them, deep
 * ones before shallow ones, each with the teacher's layer that `rankTeacherLayers` puts first. Empty for `logits`, which need no layers.
 */
export function pairLayers(
  student: readonly PairableLayer[],
  teacher: readonly PairableLayer[],
  kind: HookKind,
): LayerPair[] {
  const teachers = candidatesOf(teacher, kind);
  return candidatesOf(student, kind)
    .flatMap((candidate) => {
      const best = closest(candidate, teachers)[0];
      return best === undefined ? [] : [{ candidate, best, distance: distance(candidate, best) }];
    })
    .sort(
      (a, b) =>
        resolutionDistance(a.candidate, a.best) - resolutionDistance(b.candidate, b.best) ||
        Number(b.candidate.isStage) - Number(a.candidate.isStage) ||
        (a.candidate.isStage ? 0 : a.distance - a.candidate.depth - (b.distance - b.candidate.depth)) ||
        b.candidate.networkDepth - a.candidate.networkDepth,
    )
    .map(({ candidate, best }) => ({ student: candidate.layer.id, teacher: best.layer.id }));
}

/**
 * The same pairs for methods that hook several at once: first those of the stages, from the input on, then the others.
 * A stage is the last layer of a resolution that is named as one, or the last at all where no two are named so; each
 * has a deeper partner than the one before. A pair that is `given` stands for the stage of its resolution.
 */
export function pairStages(
  student: readonly PairableLayer[],
  teacher: readonly PairableLayer[],
  kind: HookKind,
  given?: LayerPair,
): OrderedPair[] {
  const others = pairLayers(student, teacher, kind).filter((pair) => pair.student !== given?.student);
  const pairs = [...(given ? [given] : []), ...others].map((pair) => ({
    ...pair,
    position: student.findIndex(({ id }) => id === pair.student),
    partner: teacher.findIndex(({ id }) => id === pair.teacher),
  }));
  const [fixed] = given ? pairs : [];
  pairs.sort((one, other) => one.position - other.position);
  const stages = stagesOf(candidatesOf(student, kind), given?.student);
  let reached = -1;
  const ordered = pairs.map(({ partner, ...pair }) => {
    const isInOrder =
      fixed === undefined || Math.sign(pair.position - fixed.position) === Math.sign(partner - fixed.partner);
    const isBest = stages.has(pair.student) && isInOrder && partner > reached;
    if (isBest) reached = partner;
    return { ...pair, isBest };
  });
  return [...ordered.filter(({ isBest }) => isBest), ...ordered.filter(({ isBest }) => !isBest)];
}

/** A list of each side's layers, as a hook on several has them: in the order of the network. */
export function listsOf(pairs: readonly OrderedPair[]): { student: string[]; teacher: string[] } {
  const ordered = [...pairs].sort((one, other) => one.position - other.position);
  return {
    student: ordered.map(({ student }) => student),
    teacher: ordered.map(({ teacher }) => teacher),
  };
}

/** @param given - a layer that is a stage whatever its name, instead of the other one of its resolution */
function stagesOf(candidates: readonly Candidate[], given?: string): Set<string> {
  const lastOf = (some: readonly Candidate[]): Map<number, string> =>
    new Map(some.map(({ layer, area }) => [area, layer.id]));
  const named = lastOf(candidates.filter(({ isStage }) => isStage));
  const stages = named.size > 1 ? named : lastOf(candidates);
  const own = candidates.find(({ layer }) => layer.id === given);
  if (own) stages.set(own.area, own.layer.id);
  return new Set(stages.values());
}

/**
 * The teacher's layers that a method of this kind can hook, the best partner of the student's layer first: nearest
 * in resolution, then in depth among the layers of that resolution, then of the same name or class.
 * A layer that the kind does not fit, or none, is ranked as one at the student's end.
 */
export function rankTeacherLayers<Layer extends PairableLayer>(
  layerId: string | undefined,
  student: readonly PairableLayer[],
  teacher: readonly Layer[],
  kind: HookKind,
): Layer[] {
  const candidates = candidatesOf(student, kind);
  const candidate = candidates.find(({ layer }) => layer.id === layerId) ?? candidates.at(-1);
  const teachers = candidatesOf(teacher, kind);
  const ranked = candidate === undefined ? teachers : closest(candidate, teachers);
  const layers = new Map(teacher.map((layer) => [layer.id, layer]));
  return ranked.map(({ layer }) => layers.get(layer.id)!);
}

/** Whether a method of this kind can hook the layer. */
export function isHookable(layer: PairableLayer, kind: HookKind): boolean {
  if (kind === 'logits' || PASSING.has(layer.className)) return false;
  return layer.outputShape.length === (kind === 'maps' ? 3 : 1);
}

function candidatesOf(layers: readonly PairableLayer[], kind: HookKind): Candidate[] {
  const hookable = layers.filter((layer) => isHookable(layer, kind));
  if (kind === 'vectors') dropLogits(hookable);
  const groups = new Map<string, PairableLayer[]>();
  for (const layer of hookable) {
    const resolution = layer.outputShape.slice(0, -1).join('x');
    groups.set(resolution, [...(groups.get(resolution) ?? []), layer]);
  }
  return hookable.map((layer, index) => {
    const group = groups.get(layer.outputShape.slice(0, -1).join('x'))!;
    return {
      layer,
      area: layer.outputShape.slice(0, -1).reduce<number>((area, side) => area * (side ?? 1), 1),
      depth: group.length === 1 ? 1 : group.indexOf(layer) / (group.length - 1),
      isStage: namesStage(layer.id, hookable.slice(0, index)),
      networkDepth: hookable.length === 1 ? 1 : index / (hookable.length - 1),
    };
  });
}

/** `stage3`, `layer4`, or a name that those of its parts begin with: `encoder` after `encoder_conv`. */
function namesStage(id: string, before: readonly PairableLayer[]): boolean {
  return /^\p{L}+\d+$/u.test(id) || before.some((part) => /^[_/.-]/.test(afterPrefix(part.id, id)));
}

function afterPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : '';
}

/** Takes the logits, and what only reshapes or squashes them, off the end of the vectors. */
function dropLogits(vectors: PairableLayer[]): void {
  const size = vectors.at(-1)?.outputShape[0];
  while (OUTPUTS.has(vectors.at(-1)?.className ?? '') && vectors.at(-1)!.outputShape[0] === size) {
    const { className } = vectors.pop()!;
    if (className === 'Dense') return;
  }
}

function closest(candidate: Candidate, others: readonly Candidate[]): Candidate[] {
  return [...others].sort(
    (a, b) => distance(candidate, a) - distance(candidate, b) || b.networkDepth - a.networkDepth,
  );
}

/**
 * Halving the sides costs as much as the way from a stage's first layer to its last. At the same resolution the same
 * name settles it; what a name says of stages outweighs a small difference in depth.
 */
function distance(one: Candidate, other: Candidate): number {
  const resolution = resolutionDistance(one, other);
  if (resolution === 0 && one.layer.id === other.layer.id) return 0;
  const stage = one.isStage === other.isStage ? 0 : 0.25;
  const className = one.layer.className === other.layer.className ? 0 : 0.02;
  return 0.01 + resolution + Math.abs(one.depth - other.depth) + stage + className;
}

function resolutionDistance(one: Candidate, other: Candidate): number {
  return Math.abs(Math.log2(one.area / other.area)) / 2;
}
