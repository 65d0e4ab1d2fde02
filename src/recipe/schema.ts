import { type Static, Type } from '@sinclair/typebox';

/**
 * The recipe (`*.distill.json`): one source for the types, the validation and the editor's JSON schema.
 * What methods, data formats, augmentations and networks accept is added from the catalogue (`catalogue.ts`).
 */

const closed = { additionalProperties: false } as const;

/** A value with one property `type` that says which alternative it is; `discriminator` gives precise errors. */
const byType = { discriminator: { propertyName: 'type' }, type: 'object', required: ['type'] } as const;

/** A text that is printed as a name. */
const oneLine = {
  minLength: 1,
  maxLength: 100,
  pattern: '^[^\\u0000-\\u001f\\u007f]*$',
  errorMessage: 'must be one line without control characters',
} as const;

const Positive = (description: string) => Type.Number({ exclusiveMinimum: 0, description });
const NonNegative = (description: string) => Type.Number({ minimum: 0, description });
const Count = (description: string) => Type.Integer({ minimum: 1, description });

export const ModelReference = Type.Object(
  {
    model: Type.String({
      minLength: 1,
      description:
        'Where the model comes from: `models/resnet.ts#resnet20` (an exported builder), `builtin:resnet20`, a TensorFlow.js `model.json`, or `run:<id>[/best|/last|/step-N]`.',
    }),
    args: Type.Record(Type.String(), Type.Unknown(), {
      default: {},
      description: 'Further arguments for the builder, beside inputShape and classes.',
    }),
    weights: Type.Union([Type.String({ minLength: 1 }), Type.Null()], {
      default: null,
      description:
        'Weights to start from: `run:<id>[/best|/last|/step-N]` or a `model.json` of the same network; null: fresh.',
    }),
  },
  closed,
);

export const HookSchedule = Type.Union(
  [
    Type.Object(
      { type: Type.Literal('constant', { description: 'The full weight from the first step to the last.' }) },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal('warmup', { description: 'Grows linearly to the full weight, then stays.' }),
        epochs: Positive('Epochs over which the weight grows linearly from 0 to its full value.'),
      },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal('linear', {
          description: 'A straight line from the full weight to `to` times it.',
        }),
        to: NonNegative('Factor of the weight at the end of training (1 at the start).'),
      },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal('cosine', {
          description: 'Half a cosine from the full weight to `to` times it.',
        }),
        to: NonNegative('Factor of the weight at the end of training (1 at the start).'),
      },
      closed,
    ),
  ],
  {
    ...byType,
    title: 'hook schedule',
    description: 'How the weight changes over training; default: constant.',
  },
);

const adapterNames = ['conv1x1', 'conv3x3', 'strided', 'transposed', 'pool', 'bilinear', 'linear'] as const;
export type AdapterName = (typeof adapterNames)[number];

function hooked(model: string) {
  return Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 2 })], {
    description: `Layer of the ${model}; a list of them, shallow to deep, for methods that hook several; left out for methods that hook the logits.`,
  });
}

export const Hook = Type.Object(
  {
    method: Type.String({ description: 'What the hook computes, e.g. `kd`, `tat`, `ct`.' }),
    student: Type.Optional(hooked('student')),
    teacher: Type.Optional(hooked('teacher')),
    weight: NonNegative('Multiplies the loss of this hook.'),
    options: Type.Record(Type.String(), Type.Unknown(), {
      default: {},
      description: 'Options of the method.',
    }),
    schedule: Type.Optional(HookSchedule),
    adapter: Type.Optional(
      Type.Union(
        (['auto', 'none', ...adapterNames] as const).map((name) => Type.Literal(name)),
        {
          description:
            "What brings the student's features to the teacher's shape: `auto` adds one where the method refuses the shapes and the run reports it, `none` never.",
        },
      ),
    ),
  },
  closed,
);

const weightDecay = Type.Number({ minimum: 0, default: 0, description: 'L2 decay; for AdamW decoupled.' });
const beta = Type.Number({ minimum: 0, exclusiveMaximum: 1 });
const betas = Type.Tuple([beta, beta], {
  default: [0.9, 0.999],
  description: 'How slowly the means of the gradient and of its square move.',
});
const epsilon = Type.Number({
  exclusiveMinimum: 0,
  default: 1e-8,
  description: 'Added to the denominator of every update.',
});

export const OptimizerSettings = Type.Union(
  [
    Type.Object(
      {
        type: Type.Literal('sgd', { description: 'Stochastic gradient descent with momentum.' }),
        lr: Positive('Learning rate.'),
        momentum: Type.Number({
          minimum: 0,
          maximum: 1,
          default: 0.9,
          description: 'Share of the last update that is carried on.',
        }),
        nesterov: Type.Boolean({
          default: false,
          description: "Looks ahead along the momentum, as Nesterov's method does.",
        }),
        weightDecay,
      },
      {
        ...closed,
        description: 'SGD as PyTorch defines it: the decay is added to the gradient before the momentum.',
      },
    ),
    Type.Object(
      {
        type: Type.Literal('adam', { description: 'Adam; the decay is added to the gradient.' }),
        lr: Positive('Learning rate.'),
        betas,
        epsilon,
        weightDecay,
      },
      { ...closed, description: 'Adam; the decay is added to the gradient.' },
    ),
    Type.Object(
      {
        type: Type.Literal('adamw', { description: 'Adam with decoupled weight decay.' }),
        lr: Positive('Learning rate.'),
        betas,
        epsilon,
        weightDecay,
      },
      { ...closed, description: 'Adam with decoupled weight decay.' },
    ),
  ],
  { ...byType, title: 'optimizer', description: 'How gradients become updates of the weights.' },
);

const warmup = Type.Optional(
  Type.Object(
    {
      epochs: Positive('Length of the linear warm-up in epochs.'),
      from: Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0,
        description: 'Factor of the learning rate at the first step.',
      }),
    },
    {
      ...closed,
      description:
        'Linear warm-up. Drops of the learning rate stay at their epochs; a cosine runs over the epochs that are left.',
    },
  ),
);

const scheduleDescription = 'How the learning rate changes over training.';

const gamma = Type.Number({
  exclusiveMinimum: 0,
  default: 0.1,
  description: 'What the learning rate is multiplied with at a drop.',
});

export const ScheduleSettings = Type.Union(
  [
    Type.Object(
      { type: Type.Literal('constant', { description: 'The same learning rate throughout.' }), warmup },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal('step', { description: 'Drops by `gamma` every so many epochs.' }),
        every: Positive('Epochs between drops.'),
        gamma,
        warmup,
      },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal('multi-step', { description: 'Drops by `gamma` at each of the milestones.' }),
        milestones: Type.Array(Positive('Epoch of a drop.'), {
          minItems: 1,
          description: 'The epochs after which the learning rate drops.',
        }),
        gamma,
        warmup,
      },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal('cosine', { description: 'Half a cosine from the learning rate down to `min`.' }),
        min: Type.Number({ minimum: 0, default: 0, description: 'Learning rate at the end.' }),
        warmup,
      },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal('one-cycle', {
          description: 'Rises to the learning rate, then falls far below its start, as in PyTorch.',
        }),
        peakAt: Type.Number({
          minimum: 0,
          maximum: 1,
          default: 0.3,
          description: 'Share of training at which the learning rate peaks.',
        }),
        divFactor: Type.Number({
          exclusiveMinimum: 0,
          default: 25,
          description: 'The first learning rate is lr / divFactor.',
        }),
        finalDivFactor: Type.Number({
          exclusiveMinimum: 0,
          default: 1e4,
          description: 'The last is lr / divFactor / finalDivFactor.',
        }),
      },
      { ...closed, description: 'One cycle with cosine annealing, as in PyTorch; it has its own warm-up.' },
    ),
  ],
  { ...byType, title: 'schedule', description: scheduleDescription },
);

export const ParameterGroup = Type.Object(
  {
    match: Type.String({
      description: 'Glob over weight names, e.g. `head/*`; the first group that matches counts.',
    }),
    lrMultiplier: Type.Optional(NonNegative('Multiplies the learning rate; 0 freezes.')),
    weightDecay: Type.Optional(NonNegative('Replaces the weight decay.')),
  },
  closed,
);

export const TrainSettings = Type.Object(
  {
    epochs: Positive('Passes over the training data.'),
    batchSize: Type.Integer({ minimum: 1, default: 64, description: 'Images a batch.' }),
    optimizer: OptimizerSettings,
    groups: Type.Array(ParameterGroup, {
      default: [],
      description: 'Weights that learn at a rate, or decay at a rate, of their own.',
    }),
    schedule: Type.Union([...ScheduleSettings.anyOf], {
      ...byType,
      title: 'schedule',
      description: scheduleDescription,
      default: { type: 'constant' },
    }),
    clip: Type.Optional(
      Type.Object(
        {
          norm: Type.Optional(Positive('Largest global norm of the gradient.')),
          value: Type.Optional(Positive('Largest absolute entry.')),
        },
        { ...closed, minProperties: 1, description: 'Gradient clipping.' },
      ),
    ),
    accumulate: Type.Integer({
      minimum: 1,
      default: 1,
      description: 'Batches whose gradients are averaged into one step.',
    }),
    ema: Type.Optional(
      Type.Object(
        {
          decay: Type.Number({
            exclusiveMinimum: 0,
            exclusiveMaximum: 1,
            default: 0.999,
            description: 'Share of the average that each step keeps.',
          }),
        },
        {
          ...closed,
          description:
            'Exponential moving average of the weights; when on, it is what is evaluated and exported.',
        },
      ),
    ),
    seed: Type.Integer({
      minimum: 0,
      default: 0,
      description:
        'Draws the first weights, the order of the images and their augmentation. Runs that differ in nothing else form a group.',
    }),
    checkpointEvery: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: 'Epochs between checkpoints.',
    }),
  },
  { ...closed, description: 'How long and in which way the student is trained.' },
);

const otherOptions = Type.Record(Type.String(), Type.Unknown());

/** May be written as the format's name alone; a parsed recipe always holds the object, defaults filled. */
export const DataSource = Type.Intersect([Type.Object({ format: Type.String() }), otherOptions], {
  description: 'A dataset by name (`fashion-mnist`) or `{ "format": "image-folder", "path": … }`.',
});

/** May be written as the name alone; a parsed recipe always holds the object, defaults filled. */
export const Augmentation = Type.Intersect([Type.Object({ type: Type.String() }), otherOptions], {
  description: 'An augmentation by name (`flip`) or with options, `{ "type": "crop", "padding": 2 }`.',
});

export const Recipe = Type.Object(
  {
    $schema: Type.Optional(
      Type.String({
        description: 'For editors that do not know recipes by their file name; VS Code with Retort does.',
      }),
    ),
    name: Type.String({
      ...oneLine,
      description: 'The experiment: runs of the same name are shown together.',
    }),
    variant: Type.Optional(
      Type.String({
        ...oneLine,
        description: "What tells this group from others of the experiment; default: its hooks' methods.",
      }),
    ),
    task: Type.Object(
      {
        type: Type.Literal('classification', {
          default: 'classification',
          description: 'One class an image; cross-entropy, accuracy.',
        }),
        lossWeight: Type.Number({
          minimum: 0,
          default: 1,
          description: "Weight of the task's own loss (cross-entropy with the labels).",
        }),
        labelSmoothing: Type.Number({
          minimum: 0,
          exclusiveMaximum: 1,
          default: 0,
          description: 'Share of every label that is spread evenly over all classes.',
        }),
      },
      { ...closed, default: {}, description: 'What the student is to learn by itself, without the hooks.' },
    ),
    data: Type.Object(
      {
        source: DataSource,
        train: Type.Object(
          {
            limit: Type.Optional(
              Count('Use only so many training images, drawn after the validation split.'),
            ),
          },
          { ...closed, default: {}, description: 'The training images.' },
        ),
        validation: Type.Object(
          {
            fraction: Type.Number({
              minimum: 0,
              exclusiveMaximum: 1,
              default: 0.1,
              description: 'Share of the training images set aside.',
            }),
            splitSeed: Type.Integer({
              minimum: 0,
              default: 0,
              description: 'Draws the split; keep it the same for teacher and students.',
            }),
            limit: Type.Optional(Count('Use only so many validation images.')),
          },
          {
            ...closed,
            default: {},
            description:
              'Training images that are set aside, to find the best checkpoint and draw the curves.',
          },
        ),
        augment: Type.Array(Augmentation, {
          default: [],
          description: 'Applied in this order to every training image.',
        }),
        normalize: Type.Optional(
          Type.Object(
            {
              mean: Type.Array(Type.Number(), {
                minItems: 1,
                description: 'Subtracted, one number a channel.',
              }),
              std: Type.Array(Positive('Standard deviation.'), {
                minItems: 1,
                description: 'Divided by, one number a channel.',
              }),
            },
            { ...closed, description: "Per channel, of values in 0 … 1; default: the dataset's own." },
          ),
        ),
      },
      { ...closed, description: 'The images, how they are split and what is done to them on the way.' },
    ),
    teacher: Type.Optional(ModelReference),
    student: ModelReference,
    hooks: Type.Array(Hook, {
      default: [],
      description: 'The distillation terms: each adds its weighted loss to that of the task.',
    }),
    train: TrainSettings,
    report: Type.Object(
      {
        metric: Type.Literal('accuracy', { default: 'accuracy', description: 'The headline metric.' }),
        checkpoint: Type.Union(
          [
            Type.Literal('best', { description: 'Those with the best headline metric on validation.' }),
            Type.Literal('last', { description: 'Those after the last step.' }),
          ],
          {
            default: 'best',
            description: 'Which weights are exported and tested at the end.',
          },
        ),
        test: Type.Boolean({ default: true, description: 'Evaluate the test split once, at the end.' }),
      },
      { ...closed, default: {}, description: 'What the run is judged by.' },
    ),
  },
  closed,
);

export type Recipe = Static<typeof Recipe>;
export type ModelReference = Static<typeof ModelReference>;
export type Hook = Static<typeof Hook>;
export type DataSource = Static<typeof DataSource>;
export type Augmentation = Static<typeof Augmentation>;
export type HookSchedule = Static<typeof HookSchedule>;
export type TrainSettings = Static<typeof TrainSettings>;
export type OptimizerSettings = Static<typeof OptimizerSettings>;
export type ScheduleSettings = Static<typeof ScheduleSettings>;
export type ParameterGroup = Static<typeof ParameterGroup>;
