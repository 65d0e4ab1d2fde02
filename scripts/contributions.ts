// Writes what the features contribute into package.json, and their texts into package.nls.json.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { capabilities as allowed } from '../src/extension/common/contributions';
import { features } from '../src/extension/contributions';
import { manifestOf } from '../src/extension/common/write-manifest';

const root = path.dirname(__dirname);
const { contributes, capabilities, texts } = manifestOf(features, allowed);
const file = path.join(root, 'package.json');
const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
manifest.contributes = contributes;
manifest.capabilities = capabilities;
writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(path.join(root, 'package.nls.json'), `${JSON.stringify(texts, null, 2)}\n`);
