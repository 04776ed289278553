import { runNode } from '@holdfast/shared/system'
import { destination, pino } from 'pino'
import { coordinatorConfig } from './config.ts'
import { startCoordinator } from './coordinator.ts'

await runNode(coordinatorConfig, process.argv.slice(2), (config) =>
  startCoordinator(config, pino({ level: config.logLevel, base: { node: config.node } }, destination(2))),
)
