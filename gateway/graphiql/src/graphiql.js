import { createElement as h, Fragment, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { setNonce } from 'get-nonce';
import { GraphiQL } from 'graphiql';
import { ToolbarButton } from '@graphiql/react';
import { fetcherFor } from './fetcher.js';
import 'graphiql/style.css';
import './graphiql.css';

// Dialogs add a style element of their own; the page's policy admits it by this nonce only.
setNonce(document.currentScript.nonce);

const { endpoint, examples, authenticated } = JSON.parse(document.getElementById('settings').textContent);

// What is written here is sent with every operation of the tab, and forgotten with the page.
const tokenHeader = JSON.stringify({ authorization: 'Bearer ' }, null, 2);

function Page() {
  const [explained, setExplained] = useState(false);
  const fetcher = useMemo(() => fetcherFor(endpoint, explained), [explained]);
  return h(
    GraphiQL,
    {
      fetcher,
      defaultTabs: examples.map(({ query, variables }) => ({
        query,
        variables: variables && JSON.stringify(variables, null, 2),
        headers: null,
      })),
      ...(authenticated ? { headers: tokenHeader, defaultHeaders: tokenHeader } : {}),
      shouldPersistHeaders: false,
    },
    h(GraphiQL.Logo, null, 'Graph'),
    h(GraphiQL.Toolbar, null, ({ merge, prettify, copy }) =>
      h(
        Fragment,
        null,
        prettify,
        merge,
        copy,
        h(
          ToolbarButton,
          {
            label: explained ? 'Stop explaining answers' : 'Explain answers: plan, systems, times',
            className: explained ? 'explain explain-on' : 'explain',
            'aria-pressed': explained,
            onClick: () => setExplained(!explained),
          },
          'why?',
        ),
      ),
    ),
  );
}

createRoot(document.getElementById('graphiql')).render(h(Page));
