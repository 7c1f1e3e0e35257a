export type {
  Coordination,
  CoordinationOptions,
  OpenCoordination,
  OpenedCoordination,
} from './coordination.ts';
