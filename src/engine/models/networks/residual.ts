import { add, batchNorm, channels, conv, relu, type Tensor } from './blocks';

/** A residual block, `end` being the name of its last activation. */
export type ResidualBlock = (x: Tensor, name: string, filters: number, stride: number, end: string) => Tensor;

/** Two 3x3 convolutions. */
export const basicBlock: ResidualBlock = (x, name, filters, stride, end) => {
  let y = conv(x, `${name}_conv1`, { filters, kernel: 3, stride });
  y = relu(batchNorm(y, `${name}_bn1`), `${name}_relu1`);
  y = batchNorm(conv(y, `${name}_conv2`, { filters, kernel: 3 }), `${name}_bn2`);
  return relu(add([y, shortcut(x, name, filters, stride)], `${name}_add`), end);
};

/** 1x1, 3x3 and 1x1 convolutions, four times as wide at the end; the stride is in the 3x3 one. */
export const bottleneck: ResidualBlock = (x, name, filters, stride, end) => {
  let y = conv(x, `${name}_conv1`, { filters, kernel: 1 });
  y = relu(batchNorm(y, `${name}_bn1`), `${name}_relu1`);
  y = conv(y, `${name}_conv2`, { filters, kernel: 3, stride });
  y = relu(batchNorm(y, `${name}_bn2`), `${name}_relu2`);
  y = batchNorm(conv(y, `${name}_conv3`, { filters: 4 * filters, kernel: 1 }), `${name}_bn3`);
  return relu(add([y, shortcut(x, name, 4 * filters, stride)], `${name}_add`), end);
};

/** The input itself, or a 1x1 convolution of it where size or channels change. */
function shortcut(x: Tensor, name: string, filters: number, stride: number): Tensor {
  if (stride === 1 && channels(x) === filters) return x;
  const projected = conv(x, `${name}_shortcut_conv`, { filters, kernel: 1, stride });
  return batchNorm(projected, `${name}_shortcut_bn`);
}

/** One stage: `blocks` blocks, the first with the stride; the last activation is called `stage<number>`. */
export function residualStage(
  x: Tensor,
  number: number,
  block: ResidualBlock,
  { blocks, filters, stride }: { blocks: number; filters: number; stride: number },
): Tensor {
  let y = x;
  for (let index = 0; index < blocks; index++) {
    const name = `stage${number}_block${index}`;
    const end = index === blocks - 1 ? `stage${number}` : `${name}_relu`;
    y = block(y, name, filters, index === 0 ? stride : 1, end);
  }
  return y;
}
