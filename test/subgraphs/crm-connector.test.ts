import { connectorSuite } from './connector-suite.ts';
import { crmSubject } from './crm-subject.ts';

connectorSuite(crmSubject);
