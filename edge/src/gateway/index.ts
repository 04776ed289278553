export { type GatewayConfig, gatewayConfig } from '../config.ts'
export { type GatewayOptions, startGateway } from './gateway.ts'
