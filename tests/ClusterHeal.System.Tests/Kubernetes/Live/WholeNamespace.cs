namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>Manifests of a namespace with an object of each kind that people use.</summary>
internal static class WholeNamespace
{
    public const string Definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com}
        spec:
          group: example.com
          names: {plural: widgets, singular: widget, kind: Widget}
          scope: Namespaced
          versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}}
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        """;

    /// <summary>Specifications of definitions with all that the stored form has in other places.</summary>
    public static IReadOnlyDictionary<string, string> DefinitionShapes { get; } = new Dictionary<string, string>
    {
        ["plains"] = """
            {"group":"shapes.example.com","scope":"Cluster","names":{"plural":"plains","singular":"plain","kind":"Plain","shortNames":["pl"],"categories":["all"]},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-validations":[{"rule":"true"}]} } } } }]}
            """,
        ["alikes"] = """
            {"group":"shapes.example.com","scope":"Namespaced","names":{"plural":"alikes","kind":"Alike"},"versions":[
             {"name":"v1","served":true,"storage":false,"deprecated":true,"deprecationWarning":"use v2","SHARED"},{"name":"v2","served":true,"storage":true,"SHARED"}]}
            """.Replace("\"SHARED\"", """
            "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"a":{"type":"string","default":"b"},"n":{"type":"integer"} } },"status":{"type":"object","properties":{"n":{"type":"integer"} } } } } },
             "subresources":{"status":{},"scale":{"specReplicasPath":".spec.n","statusReplicasPath":".status.n"} },"selectableFields":[{"jsonPath":".spec.a"}],
             "additionalPrinterColumns":[{"name":"A","type":"string","jsonPath":".spec.a","priority":1,"description":"what it is"},{"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}]
            """, StringComparison.Ordinal),
        ["unlikes"] = """
            {"group":"shapes.example.com","scope":"Namespaced","names":{"plural":"unlikes","kind":"Unlike"},"versions":[
             {"name":"v1","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} },"subresources":{"status":{} }},
             {"name":"v2","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"JSONPath":{"type":"string"} } } },
              "additionalPrinterColumns":[{"name":"P","type":"string","jsonPath":".JSONPath"}]}]}
            """,
        ["hooked"] = """
            {"group":"shapes.example.com","scope":"Namespaced","names":{"plural":"hooked","kind":"Hooked"},
             "conversion":{"strategy":"Webhook","webhook":{"clientConfig":{"service":{"namespace":"a","name":"b","path":"/c"} },"conversionReviewVersions":["v1","v1beta1"]} },
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"} } }]}
            """,
    };

    public const string Objects = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: whole, labels: {team: a}}
        ---
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: whole-kept}
        spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: kept, persistentVolumeReclaimPolicy: Retain, hostPath: {path: /tmp/whole-kept}}
        ---
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: whole-gone}
        spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: gone, persistentVolumeReclaimPolicy: Retain, hostPath: {path: /tmp/whole-gone}}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: kept, namespace: whole}
        spec: {accessModes: [ReadWriteOnce], storageClassName: kept, resources: {requests: {storage: 1Gi}}}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: gone, namespace: whole}
        spec: {accessModes: [ReadWriteOnce], storageClassName: gone, resources: {requests: {storage: 1Gi}}}
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: robot, namespace: whole}
        imagePullSecrets: [{name: db}]
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: token, namespace: whole, annotations: {kubernetes.io/service-account.name: robot}}
        type: kubernetes.io/service-account-token
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: db, namespace: whole}
        stringData: {password: a-secret}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: app, namespace: whole, annotations: {note: "ü: |"}}
        data: {level: info}
        binaryData: {bytes: AAECAw==}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: "odd:Name", namespace: whole}
        rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: readers, namespace: whole}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: "odd:Name"}
        subjects: [{kind: ServiceAccount, name: robot, namespace: whole}]
        ---
        apiVersion: v1
        kind: LimitRange
        metadata: {name: limits, namespace: whole}
        spec: {limits: [{type: Container, default: {memory: 64Mi}, defaultRequest: {memory: 32Mi}}]}
        ---
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: quota, namespace: whole}
        spec: {hard: {pods: "40", count/configmaps: "5"}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: whole}
        spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 31999}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: db, namespace: whole}
        spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: whole}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 80}], envFrom: [{configMapRef: {name: app}}]}]}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: db, namespace: whole}
        spec:
          replicas: 1
          serviceName: db
          selector: {matchLabels: {app: db}}
          template:
            metadata: {labels: {app: db}}
            spec: {containers: [{name: c, image: postgres}]}
        ---
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: agent, namespace: whole}
        spec:
          selector: {matchLabels: {app: agent}}
          template:
            metadata: {labels: {app: agent}}
            spec: {containers: [{name: c, image: agent}]}
        ---
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: yearly, namespace: whole}
        spec:
          schedule: "0 0 1 1 *"
          jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: c}]}}}}
        ---
        apiVersion: batch/v1
        kind: Job
        metadata: {name: running, namespace: whole}
        spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: c}]}}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: alone, namespace: whole}
        spec: {containers: [{name: c, image: c}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, namespace: whole}
        spec: {rules: [{host: web.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web, namespace: whole}
        spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web, namespace: whole}
        spec:
          minReplicas: 2
          maxReplicas: 4
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          metrics: [{type: Resource, resource: {name: memory, target: {type: Utilization, averageUtilization: 80}}}]
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: closed, namespace: whole}
        spec: {podSelector: {}, policyTypes: [Ingress]}
        """;
}
