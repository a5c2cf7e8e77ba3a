// Prints how many solutions Comunica gets for the query argv[3] at the endpoint argv[2].
import { QueryEngine } from '@comunica/query-sparql';

const [endpoint, query] = process.argv.slice(2);
const bindings = await new QueryEngine().queryBindings(query, {
  sources: [{ type: 'sparql', value: endpoint }],
});
console.log((await bindings.toArray()).length);
