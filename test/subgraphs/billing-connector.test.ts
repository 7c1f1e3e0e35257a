import { connectorSuite } from './connector-suite.ts';
import { billingSubject } from './billing-subject.ts';

connectorSuite(billingSubject);
