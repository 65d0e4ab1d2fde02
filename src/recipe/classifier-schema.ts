import { type Static, Type } from '@sinclair/typebox';
import { closed, Count } from './schema-parts';

export const TeacherClassifier = Type.Object(
  {
    after: Type.String({
      description: "The student's last layer, a map; what its own network has behind it is left out.",
    }),
    channels: Count("What the teacher's classifier takes: the channels of the teacher's last map."),
    factor: Type.Integer({
      minimum: 1,
      default: 2,
      description: 'The projector narrows to the channels divided by so many; the authors use 2.',
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
      "Lets the student end in a projector (layer `projector`) and the teacher's own classifier, which is not trained (simkd). This is the network that is evaluated and exported.",
  },
);
export type TeacherClassifier = Static<typeof TeacherClassifier>;
