import { connectorSuite } from './connector-suite.ts';
import { erpSubject } from './erp-subject.ts';

connectorSuite(erpSubject);
