import { runNode } from '@holdfast/shared/system'
import { destination, pino } from 'pino'
import { gatewayConfig } from './config.ts'
import { startGateway } from './gateway/gateway.ts'

await runNode(gatewayConfig, process.argv.slice(2), (config) =>
  startGateway({ config, log: pino({ level: config.logLevel, base: { node: config.node } }, destination(2)) }),
)
