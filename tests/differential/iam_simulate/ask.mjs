// One question a line on standard input, one answer a line on standard output: does a bucket policy explicitly deny this request?
import { createInterface } from "node:readline";
import { runSimulation } from "@cloud-copilot/iam-simulate";

const everything = { name: "all", policy: { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } } };

for await (const line of createInterface({ input: process.stdin })) {
  const { policy, principal, action, resource, context } = JSON.parse(line);
  const found = await runSimulation(
    {
      request: { principal, action, resource: { resource, accountId: "111122223333" }, contextVariables: context },
      identityPolicies: typeof principal === "string" ? [everything] : [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: policy,
    },
    {},
  );
  console.log(
    JSON.stringify(
      found.resultType === "single"
        ? {
            denied: found.result.analysis.resourceAnalysis.denyStatements.length > 0,
            ignored: found.result.ignoredContextKeys ?? [],
          }
        : { error: found.errors ?? found.resultType },
    ),
  );
}
