import { type Static, Type } from '@sinclair/typebox';
import { byType, closed, Count, NonNegative, oneLine, Positive } from './schema-parts';
import { TeacherClassifier } from './classifier-schema';
import { ImageSize } from './input-schema';
import { TrainSettings } from './train-schema';

export * from './train-schema';

/**
 * The recipe (`*.distill.json`): one source for the types, the validation and the editor's JSON schema.
 * What methods, data formats, augmentations and networks accept is added from the catalogue (`catalogue.ts`).
 */

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
    imageSize: Type.Optional(ImageSize),
  },
  closed,
);

export const Student = Type.Object(
  { ...ModelReference.properties, teacherClassifier: Type.Optional(TeacherClassifier) },
  closed,
);

export const Teacher = Type.Object(
  {
    ...ModelReference.properties,
    learns: Type.Optional(
      Type.Boolean({
        description:
          'Trained beside the student with the loss of the task, and each hook from it works in both directions (mutual learning); its weights may be fresh.',
      }),
    ),
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
        to: NonNegative('Factor of the weight at the end of training, or of its stage (1 at the start).'),
      },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal('cosine', {
          description: 'Half a cosine from the full weight to `to` times it.',
        }),
        to: NonNegative('Factor of the weight at the end of training, or of its stage (1 at the start).'),
      },
      closed,
    ),
  ],
  {
    ...byType,
    title: 'hook schedule',
    description: 'How the weight changes over training, or over each stage; default: constant.',
  },
);

const adapterNames = ['conv1x1', 'conv3x3', 'strided', 'transposed', 'pool', 'bilinear', 'linear'] as const;
export type AdapterName = (typeof adapterNames)[number];

function hooked(model: string) {
  return Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 2 })], {
    description: `Layer of the ${model}; a list of them, shallow to deep, for methods that hook several, or for one hook a pair of layers; left out for methods that hook the logits.`,
  });
}

export const Hook = Type.Object(
  {
    method: Type.String({ description: 'What the hook computes, e.g. `kd`, `tat`, `ct`.' }),
    student: Type.Optional(hooked('student')),
    teacher: Type.Optional(hooked('teacher')),
    from: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 2 })], {
        description:
          "Whom the hook learns from: `teacher` (default), a name in `teachers`, a list of them (their features are averaged; of their logits the losses), or `student`: the student's own layer, which no gradient reaches.",
      }),
    ),
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
    teacher: Type.Optional(Teacher),
    teachers: Type.Optional(
      Type.Record(Type.String(), Teacher, {
        description: 'Further teachers, by the names that hooks know them by in `from`.',
      }),
    ),
    student: Student,
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
export type Student = Static<typeof Student>;
export type Teacher = Static<typeof Teacher>;
export type Hook = Static<typeof Hook>;
export type DataSource = Static<typeof DataSource>;
export type Augmentation = Static<typeof Augmentation>;
export type HookSchedule = Static<typeof HookSchedule>;
