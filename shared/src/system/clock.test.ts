import { clockContract, randomContract } from '../testing/platform-contract.ts'
import { systemClock, systemRandom } from './clock.ts'

clockContract('system', systemClock)
randomContract('system', systemRandom)
