import * as vscode from 'vscode';
import { count, flops, shape } from '../../common/format';
import type { LayerSummary } from '../../protocol/inspector';

/** `Conv2D, output 7×7×64, 36,864 parameters, 1.8 MFLOPs an image`; without what depends on an unknown size. */
export function layerText(
  { className, outputShape, parameters, flops: operations }: LayerSummary,
  areShapesReal: boolean,
): string {
  const { l10n } = vscode;
  return areShapesReal
    ? l10n.t(
        '{0}, output {1}, {2} parameters, {3} an image',
        className,
        shape(outputShape),
        count(parameters),
        flops(operations),
      )
    : l10n.t('{0}, {1} parameters', className, count(parameters));
}
