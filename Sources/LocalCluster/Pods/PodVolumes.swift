// The volumes of a local pod, as directories of this machine.

import ClusterSim
import Foundation
import JSONTree
import KubeModel

/// Makes a pod's volumes and finds them again.
///
/// A local process has no file system of its own, so a volume cannot stand at its mount path.
/// Instead, the mount paths that a container's arguments and environment name are replaced by the
/// volumes' directories, before the process starts.
struct PodVolumes: Sendable {
    let pod: KubeObject
    /// The directory of all local pods' volumes.
    let root: String
    /// Looks up a ConfigMap or Secret of the pod's namespace.
    typealias Lookup = @Sendable (_ kind: String, _ name: String) async -> KubeObject?

    /// A volume that cannot be made: its pod waits, as it would for a kubelet.
    struct Problem: Error { var message: String }

    /// The pod's own directory.
    var directory: String { "\(root)/\(pod.uid)" }

    /// The volumes that containers mount. Tokens of service accounts are made by the cluster for
    /// every pod; local processes have kubeconfigs instead.
    private var mounted: [JSON] {
        let lists = ["initContainers", "containers"].map { pod.spec[$0].elements }
        let names = Set(lists.joined().flatMap { $0["volumeMounts"].elements.map { $0["name"] } })
        return pod.spec["volumes"].elements.filter {
            names.contains($0["name"]) && !($0["name"].string ?? "").hasPrefix("kube-api-access-")
        }
    }

    /// Makes the volumes that are not there yet.
    func make(_ lookup: Lookup) async throws(Problem) {
        for volume in mounted {
            let path = self.path(of: volume)
            let name = volume["name"].string ?? ""
            if !volume["hostPath"].isNull { continue }
            do {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                for file in try await files(of: volume, lookup) { try write(file, under: path) }
            } catch let problem as Problem {
                throw Problem(message: "MountVolume.SetUp failed for volume \"\(name)\" : \(problem.message)")
            } catch {
                throw Problem(message: "MountVolume.SetUp failed for volume \"\(name)\" : \(error)")
            }
        }
    }

    /// Removes what is the pod's alone.
    func remove() { try? FileManager.default.removeItem(atPath: directory) }

    private func path(of volume: JSON) -> String {
        if let path = volume["hostPath"]["path"].string { return path }
        if let claim = volume["persistentVolumeClaim"]["claimName"].string {
            return "\(root)/claims/\(pod.namespace)/\(claim)"
        }
        return "\(directory)/\(volume["name"].string ?? "")"
    }

    // MARK: Contents

    private struct File {
        var path: String
        var bytes: Data
        var mode: Int
    }

    private func write(_ file: File, under directory: String) throws {
        // The API server refuses paths that climb; a stored object may be older than that rule.
        guard !file.path.split(separator: "/").contains("..") else { return }
        let path = "\(directory)/\(file.path)"
        let parent = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try file.bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: file.mode | 0o400], ofItemAtPath: path)
    }

    private func files(of volume: JSON, _ lookup: Lookup) async throws(Problem) -> [File] {
        var result: [File] = []
        let mode = volume["projected"]["defaultMode"].int
        for (source, mode) in [(volume, nil)] + volume["projected"]["sources"].elements.map({ ($0, mode) }) {
            if !source["configMap"].isNull {
                result += try await keys(of: source["configMap"], "ConfigMap", mode, lookup)
            }
            if !source["secret"].isNull {
                result += try await keys(of: source["secret"], "Secret", mode, lookup)
            }
            result += downward(source["downwardAPI"], mode)
        }
        return result
    }

    private func keys(
        of source: JSON, _ kind: String, _ projectedMode: Int64?, _ lookup: Lookup
    ) async throws(Problem) -> [File] {
        let name = source["secretName"].string ?? source["name"].string ?? ""
        let isOptional = source["optional"].bool == true
        guard let object = await lookup(kind, name) else {
            if isOptional { return [] }
            throw Problem(message: "\(kind.lowercased()) \"\(name)\" not found")
        }
        var data: [String: Data] = [:]
        for (key, value) in KubeObject.strings(object.tree["data"]) {
            data[key] = kind == "Secret" ? Data(base64Encoded: value) : Data(value.utf8)
        }
        for (key, value) in KubeObject.strings(object.tree["binaryData"]) { data[key] = Data(base64Encoded: value) }
        let mode = Int(source["defaultMode"].int ?? projectedMode ?? 0o644)
        let items = source["items"].elements
        if items.isEmpty {
            return data.sorted { $0.key < $1.key }.map { File(path: $0.key, bytes: $0.value, mode: mode) }
        }
        var files: [File] = []
        for item in items {
            let key = item["key"].string ?? ""
            guard let bytes = data[key] else {
                if isOptional { continue }
                throw Problem(message: "references non-existent \(kind == "Secret" ? "secret" : "config") key: \(key)")
            }
            files.append(
                File(path: item["path"].string ?? key, bytes: bytes, mode: item["mode"].int.map { Int($0) } ?? mode))
        }
        return files
    }

    private func downward(_ source: JSON, _ projectedMode: Int64?) -> [File] {
        let mode = Int(source["defaultMode"].int ?? projectedMode ?? 0o644)
        return source["items"].elements.map { item in
            let container = pod.spec["containers"].elements.first {
                $0["name"] == item["resourceFieldRef"]["containerName"]
            }
            let environment = ContainerEnvironment(pod: pod, container: container ?? .null, port: 0)
            let text: String
            switch item["fieldRef"]["fieldPath"].string {
            case "metadata.labels": text = Self.lines(pod.labels)
            case "metadata.annotations": text = Self.lines(pod.annotations)
            default: text = environment.text(of: item)
            }
            return File(path: item["path"].string ?? "", bytes: Data(text.utf8), mode: mode)
        }
    }

    /// `key="value"`, a line each, as the downward API writes maps.
    private static func lines(_ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }
            .map { "\($0.key)=\(JSON.string($0.value).text())" }.joined(separator: "\n")
    }

    // MARK: Mounts

    /// A container's mount paths and the directories that stand for them, the longest first.
    func mounts(of container: JSON) -> [(path: String, directory: String)] {
        let volumes = mounted
        var result: [(path: String, directory: String)] = []
        for mount in container["volumeMounts"].elements {
            guard let volume = volumes.first(where: { $0["name"] == mount["name"] }),
                var path = mount["mountPath"].string
            else { continue }
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            let sub = mount["subPath"].string ?? ""
            result.append((path, self.path(of: volume) + (sub.isEmpty ? "" : "/\(sub)")))
        }
        return result.sorted { $0.path.utf8.count > $1.path.utf8.count }
    }

    /// A text with the mount paths replaced: where a path begins, and ends at a boundary.
    static func replaced(_ text: String, _ mounts: [(path: String, directory: String)]) -> String {
        guard text.contains("/") else { return text }
        var result = ""
        var rest = text[...]
        var last: Character?
        while let character = rest.first {
            let isStart = character == "/" && !(last.map(isPathCharacter) ?? false)
            if isStart, let mount = mounts.first(where: { names($0.path, rest) }) {
                result += mount.directory
                rest = rest.dropFirst(mount.path.count)
                last = mount.directory.last
            } else {
                result.append(character)
                rest = rest.dropFirst()
                last = character
            }
        }
        return result
    }

    private static func isPathCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "/._-~".contains(character)
    }

    /// Whether a text begins with a path that does not go on in the same name.
    private static func names(_ path: String, _ text: Substring) -> Bool {
        guard text.hasPrefix(path), path != "/" else { return false }
        guard let next = text.dropFirst(path.count).first else { return true }
        return next == "/" || !isPathCharacter(next)
    }
}
