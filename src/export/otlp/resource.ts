import { readFileSync } from 'node:fs';
import {
  detectResources,
  envDetector,
  hostDetector,
  osDetector,
  type Resource,
  type ResourceDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';

/** What a detector may look at; tests give their own. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Undefined for a file that cannot be read. */
  readonly read: (path: string) => string | undefined;
}

const HERE: Surroundings = {
  env: process.env,
  read: (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
};

/**
 * Who sends: mapaudit itself, on this host, in this container. What OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say
 * wins. No cloud is asked over the network; what its firmware says of a machine is read.
 */
export async function resourceOf(version: string, surroundings: Surroundings = HERE): Promise<Resource> {
  const own = resourceFromAttributes({
    'service.name': 'mapaudit',
    'service.version': version,
    'service.namespace': surroundings.env['OTEL_SERVICE_NAMESPACE'],
  });
  const detectors = [hostDetector, osDetector, placeDetector(surroundings), envDetector];
  const resource = own.merge(detectResources({ detectors }));
  await resource.waitForAsyncAttributes?.();
  return resource;
}

/** container.*, k8s.* and cloud.*, as far as files and the environment of this process tell. */
export function placeDetector(surroundings: Surroundings): ResourceDetector {
  return {
    detect: () => ({
      attributes: { ...container(surroundings), ...kubernetes(surroundings), ...cloud(surroundings) },
    }),
  };
}

/** Runtimes name the cgroup, or the folder that is mounted as /etc/hostname, by the container's id. */
function container({ read }: Surroundings): Record<string, string> {
  const id =
    /([0-9a-f]{64})(?:\.scope)?$/m.exec(read('/proc/self/cgroup') ?? '')?.[1] ??
    /\/([0-9a-f]{64})\/[^ ]*hostname /.exec(read('/proc/self/mountinfo') ?? '')?.[1];
  return id === undefined ? {} : { 'container.id': id };
}

const TOKENS = '/var/run/secrets/kubernetes.io/serviceaccount';

function kubernetes({ env, read }: Surroundings): Record<string, string> {
  if (env['KUBERNETES_SERVICE_HOST'] === undefined) return {};
  const named = {
    'k8s.namespace.name': env['K8S_NAMESPACE_NAME'] ?? env['POD_NAMESPACE'] ?? read(`${TOKENS}/namespace`),
    'k8s.pod.name': env['K8S_POD_NAME'] ?? env['POD_NAME'] ?? env['HOSTNAME'],
    'k8s.pod.uid': env['K8S_POD_UID'] ?? env['POD_UID'],
    'k8s.node.name': env['K8S_NODE_NAME'] ?? env['NODE_NAME'],
    'k8s.container.name': env['K8S_CONTAINER_NAME'] ?? env['CONTAINER_NAME'],
    'k8s.cluster.name': env['K8S_CLUSTER_NAME'],
  };
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, value]) => {
      const text = value?.trim() ?? '';
      return text === '' ? [] : [[name, text]];
    }),
  );
}

function cloud({ read }: Surroundings): Record<string, string> {
  const vendor = read('/sys/class/dmi/id/sys_vendor')?.trim();
  const product = read('/sys/class/dmi/id/product_name')?.trim();
  if (vendor === 'Amazon EC2') return { 'cloud.provider': 'aws', 'cloud.platform': 'aws_ec2' };
  if (product === 'Google Compute Engine')
    return { 'cloud.provider': 'gcp', 'cloud.platform': 'gcp_compute_engine' };
  return {};
}
