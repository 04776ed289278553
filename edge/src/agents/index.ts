export { type AgentDoor, agentDoor } from './agent-server.ts'
export { AGENTS_PATH } from './upgrade.ts'
