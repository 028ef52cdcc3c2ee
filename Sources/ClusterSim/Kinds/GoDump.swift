// Values as the real server's messages show them: with the names of its internal Go types.

import JSONTree
import KubeModel

/// Writes values the way messages about whole structs do.
enum GoDump {
    private static let exceptions = [
        "dnsPolicy": "DNSPolicy", "dnsConfig": "DNSConfig", "tty": "TTY", "hostIP": "HostIP", "hostPID": "HostPID",
        "hostIPC": "HostIPC", "podIP": "PodIP", "fsGroup": "FSGroup", "fsGroupChangePolicy": "FSGroupChangePolicy", "nfs": "NFS", "iscsi": "ISCSI", "rbd": "RBD",
        "fc": "FC", "csi": "CSI", "tcpSocket": "TCPSocket", "httpGet": "HTTPGet", "grpc": "GRPC", "uid": "UID",
        "downwardAPI": "DownwardAPI", "os": "OS", "seLinuxOptions": "SELinuxOptions",
        "seLinuxChangePolicy": "SELinuxChangePolicy", "setHostnameAsFQDN": "SetHostnameAsFQDN",
    ]

    /// A member's name in Go.
    static func name(_ member: String) -> String {
        exceptions[member] ?? member.prefix(1).uppercased() + member.dropFirst()
    }

    /// A value with all members that its type has, the missing ones being null.
    static func value(_ value: JSON, _ schema: TypeSchema) -> JSON {
        switch value {
        case .array(let elements): return .array(elements.map { Self.value($0, schema.items) })
        case .object(let members):
            let fields = schema.shape.fields
            if fields.isEmpty { return value }
            var result = JSONObject()
            for field in fields {
                let known = members[field.name]
                result[name(field.name)] = known.map { Self.value($0, field.schema) } ?? .null
            }
            return .object(result)
        default: return value
        }
    }

    /// A pod spec.
    static func podSpec(_ spec: JSON) -> JSON {
        guard let schema = BuiltinSchemas.type("core.v1.PodSpec") else { return spec }
        return value(spec, schema)
    }

    /// The members in which two specs differ, as a unified difference would show them.
    static func difference(_ new: JSON, _ old: JSON, type: String = "core.v1.PodSpec") -> String {
        guard let schema = BuiltinSchemas.type(type), let members = value(new, schema).object,
            let before = value(old, schema).object
        else { return "" }
        var text = ""
        for (key, value) in members where before[key] != value {
            let was = before[key] ?? .null
            text += " \"\(key)\": [\n-\(was.text())\n+\(value.text())\n"
        }
        return text
    }
}
