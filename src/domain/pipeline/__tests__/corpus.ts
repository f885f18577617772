/** The pipeline files that people wrote, byte for byte. */

const { readdirSync, readFileSync } = jest.requireActual<{
  readdirSync(folder: string): string[];
  readFileSync(file: string, encoding: string): string;
}>('fs');

const WILD = 'tests/projects/wild';

export const CORPUS = readdirSync(WILD)
  .filter(name => name.endsWith('.orchest'))
  .map(name => readFileSync(`${WILD}/${name}`, 'utf8'));
