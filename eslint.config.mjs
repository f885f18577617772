import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import prettierRecommended from 'eslint-plugin-prettier/recommended';
import globals from 'globals';
import jupyterPlugin from '@jupyter/eslint-plugin';

// The floors of src/, highest first; rooms of one floor do not import one another.
const FLOORS = [
  ['plugins'],
  ['views'],
  ['components', 'hooks'],
  ['models'],
  ['api'],
  ['domain']
];

/** One rule per room: no import of a room above it or beside it. */
const floorRules = FLOORS.flatMap((floor, height) =>
  floor.map(room => {
    const siblings = floor.filter(other => other !== room);
    const forbidden = [...FLOORS.slice(0, height).flat(), ...siblings];
    const patterns = [];
    if (forbidden.length > 0) {
      patterns.push({
        regex: `^(\\.\\./)+(${forbidden.join('|')})(/|$)`,
        message: `src/${room} may only import rooms below it.`
      });
    }
    if (room === 'domain') {
      patterns.push({
        regex: '^(react|react-dom|@jupyterlab/.*|@lumino/.*)$',
        message: 'src/domain is pure TypeScript.'
      });
    }
    return {
      files: [`src/${room}/**/*.{ts,tsx}`],
      ignores: ['**/__tests__/**'],
      rules: { 'no-restricted-imports': ['error', { patterns }] }
    };
  })
);

export default defineConfig([
  {
    ignores: [
      'node_modules',
      'lib',
      'dist',
      'build',
      'coverage',
      '**/*.js',
      '**/*.d.ts',
      '.venv',
      'jupyter_orchest_jobs',
      'tests',
      'ui-tests',
      'docs',
      'src/api/schema.ts'
    ]
  },
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    plugins: {
      jupyter: jupyterPlugin
    }
  },
  jupyterPlugin.configs.recommended,
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    languageOptions: {
      globals: {
        ...globals.browser,
        ...globals.es2021
      },
      parserOptions: {
        project: ['tsconfig.test.json'],
        sourceType: 'module'
      }
    },
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: {
            regex: '^I[A-Z]',
            match: true
          }
        }
      ],
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-namespace': 'off',
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'max-lines': ['error', 400],
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'prefer-arrow-callback': 'error'
    }
  },
  ...floorRules,
  prettierRecommended
]);
