import { type Static, Type } from '@sinclair/typebox';
import { UncertaintyMixup } from './input-schema';
import { byType, closed, NonNegative, oneLine, Positive } from './schema-parts';

/** How a student is trained: optimizer, schedules, stages. */

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

export const TrainStage = Type.Object(
  {
    name: Type.Optional(
      Type.String({ ...oneLine, description: 'What this stage is called in the log, e.g. `hint`.' }),
    ),
    epochs: Positive(
      'Passes over the training data in this stage; those of all stages add up to train.epochs.',
    ),
    hooks: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description:
          'The hooks that count, by the names of their terms (`kd`, `tat@stage3`) or globs over them (`fitnets@*`); default: all.',
      }),
    ),
    task: Type.Optional(
      Type.Boolean({
        description: "Whether the task's own loss counts; default: true, with `pretrain` false.",
      }),
    ),
    learn: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        description:
          "Globs over the names of the student's weights that learn (`stage1_*/**`); the others stay as they are. Weights of the hooks that count always learn. Default: all.",
      }),
    ),
    lr: Type.Optional(Positive("Learning rate of this stage; default: the optimizer's.")),
    schedule: Type.Optional(
      Type.Union([...ScheduleSettings.anyOf], {
        ...byType,
        title: 'schedule',
        description: 'How the learning rate changes over this stage; default: train.schedule.',
      }),
    ),
    pretrain: Type.Optional(
      Type.Boolean({
        description:
          "Teaches the methods' own weights what they need to know first (the paraphraser of `ft`); nothing of the student learns.",
      }),
    ),
  },
  { ...closed, description: 'A part of training with losses, weights and a learning rate of its own.' },
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
    stages: Type.Optional(
      Type.Array(TrainStage, {
        minItems: 1,
        description:
          'Parts of training, one after the other, each with a fresh optimizer; schedules run over the stage. Default: one, in which everything counts and learns.',
      }),
    ),
    clip: Type.Optional(
      Type.Object(
        {
          norm: Type.Optional(Positive('Largest global norm of the gradient.')),
          value: Type.Optional(Positive('Largest absolute entry.')),
        },
        { ...closed, minProperties: 1, description: 'Gradient clipping.' },
      ),
    ),
    uncertaintyMixup: Type.Optional(UncertaintyMixup),
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
      // Fifteen digits: JSON keeps all of them.
      maximum: 999_999_999_999_999,
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

export type TrainSettings = Static<typeof TrainSettings>;
export type TrainStage = Static<typeof TrainStage>;
export type OptimizerSettings = Static<typeof OptimizerSettings>;
export type ScheduleSettings = Static<typeof ScheduleSettings>;
export type ParameterGroup = Static<typeof ParameterGroup>;
