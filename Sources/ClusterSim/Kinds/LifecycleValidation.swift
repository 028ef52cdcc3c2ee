// Validation of a container's handlers: probes and hooks.

import JSONTree
import KubeModel

/// Validates probes, hooks and what they call.
enum LifecycleValidation {
    static func probes(_ container: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] where !container[name].isNull {
            errors += probe(container[name], "\(path).\(name)", isReadiness: name == "readinessProbe")
        }
        return errors
    }

    /// The hooks; a sleep has to end within the pod's grace period.
    static func hooks(_ container: JSON, _ path: String, grace: Int64) -> [FieldError] {
        var errors: [FieldError] = []
        for name in ["postStart", "preStop"] where !container["lifecycle"][name].isNull {
            let hook = container["lifecycle"][name]
            let at = "\(path).lifecycle.\(name)"
            errors += handler(hook, at, ["exec", "httpGet", "tcpSocket", "sleep"])
            if let seconds = hook["sleep"]["seconds"].int, seconds < 0 || seconds > grace {
                errors.append(
                    .invalid(
                        "\(at).sleep", .int(seconds),
                        "must be non-negative and less than terminationGracePeriodSeconds (\(grace))"))
            }
        }
        return errors
    }

    private static func probe(_ probe: JSON, _ path: String, isReadiness: Bool) -> [FieldError] {
        var errors = handler(probe, path, ["exec", "httpGet", "tcpSocket", "grpc"])
        for field in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
            errors += Check.notNegative(probe, field, path)
        }
        if !isReadiness, let threshold = probe["successThreshold"].int, threshold > 1 {
            errors.append(.invalid("\(path).successThreshold", .int(threshold), "must be 1"))
        }
        if let grace = probe["terminationGracePeriodSeconds"].int {
            let at = "\(path).terminationGracePeriodSeconds"
            if isReadiness {
                errors.append(.invalid(at, .int(grace), "must not be set for readinessProbes"))
            } else if grace <= 0 {
                errors.append(.invalid(at, .int(grace), "must be greater than 0"))
            }
        }
        return errors
    }

    private static func handler(_ handler: JSON, _ path: String, _ types: [String]) -> [FieldError] {
        let found = types.filter { !handler[$0].isNull }
        if found.isEmpty { return [.required(path, "must specify a handler type")] }
        var errors: [FieldError] = []
        for type in found.dropFirst() {
            errors.append(.forbidden("\(path).\(type)", "may not specify more than 1 handler type"))
        }
        guard let type = found.first else { return errors }
        let action = handler[type]
        let at = "\(path).\(type)"
        switch type {
        case "exec":
            if action["command"].elements.isEmpty { errors.append(.required("\(at).command")) }
        case "httpGet":
            errors += Check.required(action, "path", at) + Check.portOrName(action["port"], "\(at).port")
            errors += Check.oneOf(action, "scheme", at, ["HTTP", "HTTPS"])
            errors += headers(action["httpHeaders"].elements, "\(at).httpHeaders")
        case "tcpSocket": errors += Check.portOrName(action["port"], "\(at).port")
        case "grpc": errors += Check.port(action["port"].isNull ? 0 : action["port"], "\(at).port")
        default: break
        }
        return errors
    }

    private static func headers(_ headers: [JSON], _ path: String) -> [FieldError] {
        headers.compactMap { header in
            let name = Check.text(header, "name")
            let isName = !name.isEmpty && name.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45
            }
            return isName
                ? nil
                : .invalid(
                    path, .string(name),
                    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', "
                        + "regex used for validation is '[-A-Za-z0-9]+')")
        }
    }
}
