import { type Static, Type } from '@sinclair/typebox';
import { closed } from './schema-parts';

export const TeacherClassifier = Type.Object(
  {
    after: Type.String({
      description: "The student's last layer, a map; what its own network has behind it is left out.",
    }),
    factor: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
      default: 2,
      description:
        "The projector narrows to the channels that the teacher's classifier takes, divided by so many; the authors use 2. null: no projector, where the map has these channels already (SH-KD trains a teacher with the classifier of its student so).",
    }),
    pool: Type.Integer({
      minimum: 1,
      default: 1,
      description:
        "How many times as high and wide as the teacher's map the student's is; it is averaged first.",
    }),
  },
  {
    ...closed,
    description:
      'Lets the student end in a projector (layer `projector`) and the classifier of `teacher`, which is not trained (simkd). This is the network that is evaluated and exported.',
  },
);
export type TeacherClassifier = Static<typeof TeacherClassifier>;
