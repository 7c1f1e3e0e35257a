import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules', 'schema/generated', 'bench', 'data', 'coverage', '.cache'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'max-lines': ['error', 300],
    },
  },
  // It is copied into programs, and one file is easier to copy.
  { files: ['clients/changes.ts'], rules: { 'max-lines': ['error', 400] } },
);
