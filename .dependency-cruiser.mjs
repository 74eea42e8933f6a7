/** The import rules of the design, each with its reason. `npm test` runs them. */
export default {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment:
        'The rules are functions of what they are told: no framework, database, clock or chance, so that a table of cases proves them.',
      severity: 'error',
      from: { path: '^src/domain/', pathNot: '\\.(spec|fixture)\\.ts$' },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'platform-knows-no-feature',
      comment:
        'Plumbing that knew a feature could not be changed without it, nor could a feature be removed.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/(features|start|app\\.|main|cluster|openapi)' },
    },
    {
      name: 'features-enter-by-the-door',
      comment:
        'A feature shows others its module, its queries (*.db.ts) and its words (*.dto.ts); the rest may change without asking.',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/.+' },
      to: {
        path: '^src/features/([^/]+)/.+',
        pathNot: ['^src/features/$1/', '\\.(module|db|dto)\\.ts$'],
      },
    },
    {
      name: 'controllers-touch-no-database',
      comment:
        'A controller is one line per route: what it needs of the database, a service does in a transaction.',
      severity: 'error',
      from: { path: '\\.controllers?\\.ts$' },
      to: {
        path: [
          '^src/generated/',
          '^src/platform/prisma/',
          '\\.db\\.ts$',
          '^node_modules/(pg|@prisma)/',
        ],
      },
    },
    {
      name: 'the-client-knows-the-contract-only',
      comment: 'A client that knew the service could not be given to anybody who has not got it.',
      severity: 'error',
      from: { path: '^src/client/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(src|prisma)/', pathNot: '^src/(client|generated/client)/' },
    },
    {
      name: 'the-command-line-asks-the-service',
      comment:
        'What the command line does, any script can do. Only its doctor looks into the database, whose migrations it compares.',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^(src|prisma)/',
        pathNot: '^src/(cli|client)/|^src/platform/postgres/migrate\\.ts$',
      },
    },
    {
      name: 'the-service-asks-nobody',
      comment: 'A service that needed its own client would be its own user.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|client)/' },
      to: { path: '^src/(cli|client)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files in a circle are one file that cannot be read from any end.',
      severity: 'error',
      from: { pathNot: '^src/generated/' },
      to: { circular: true },
    },
    {
      name: 'no-barrels',
      comment: 'A file that only passes on others hides where things are, and loads them all.',
      severity: 'error',
      from: {},
      to: { path: '/index\\.ts$', pathNot: 'node_modules' },
    },
    {
      name: 'no-test-code-in-the-service',
      comment: 'The service runs without what only the tests need.',
      severity: 'error',
      from: { path: '^(src|prisma)/', pathNot: '\\.(spec|fixture)\\.ts$' },
      to: { path: ['^(test|bench)/', '\\.(spec|fixture)\\.ts$'] },
    },
    {
      name: 'nothing-undeclared',
      comment: 'A package that is only there because another one brings it may be gone tomorrow.',
      severity: 'error',
      from: { path: '^(src|prisma)/', pathNot: ['\\.(spec|fixture)\\.ts$', '^src/generated/'] },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev', 'unknown', 'undetermined'] },
    },
    {
      name: 'nothing-unresolvable',
      comment: 'An import that leads nowhere fails only when the file is loaded.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^src/generated/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    // Types count: a type is a dependency of the reader.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
