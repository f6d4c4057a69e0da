/** The direction of dependencies: the core knows nothing of plots, notebooks or the command line, and there are no cycles. */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'core-knows-no-edges',
      severity: 'error',
      from: { path: '^src/(tasks|data|models|balancing|training|metrics|random|backend)/' },
      to: { path: '^src/(plots|notebook|cli|setup|study|grouping)/' },
    },
    {
      name: 'foundations-know-nothing',
      comment: 'Options, cells, numbers, draws and metrics are below tasks: metrics know arrays.',
      severity: 'error',
      from: { path: '^src/(options|cells|numeric|random|metrics)/' },
      to: { path: '^src/(tasks|data|balancing|models|training|study|grouping|linear|plots|notebook|cli)/' },
    },
    {
      name: 'leaves-know-no-training',
      severity: 'error',
      from: { path: '^src/(tasks|data|balancing|metrics|random)/' },
      to: { path: '^src/(training|models|study|grouping)/' },
    },
    { name: 'plots-know-only-results', severity: 'error', from: { path: '^src/plots/' }, to: { path: '^src/(notebook|cli|setup|training)/', dependencyTypesNot: ['type-only'] } },
    { name: 'nobody-imports-the-notebook', severity: 'error', from: { path: '^src/(?!notebook/|index|types|cli/)' }, to: { path: '^src/notebook/' } },
  ],
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, doNotFollow: { path: 'node_modules' } },
};
