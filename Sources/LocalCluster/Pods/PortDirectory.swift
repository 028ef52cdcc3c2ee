// Which loopback port a pod's container really listens on.

import Foundation
import JSONTree
import KubeModel
import Synchronization

/// The ports of all local processes: written by who runs them, read by the mesh gateway.
final class PortDirectory: Sendable {
    private struct Entry {
        var uid: UID
        /// The declared ports of each container, and its real one.
        var containers: [(declared: Set<Int>, port: Int)]
    }
    private let entries = Mutex<[ObjectKey: Entry]>([:])
    private let reserved = Mutex<Set<Int>>([])

    /// A free loopback port that no other container here was given.
    func reserve() -> Int? {
        for _ in 0..<100 {
            guard let port = Self.freePort() else { return nil }
            if reserved.withLock({ $0.insert(port).inserted }) { return port }
        }
        return nil
    }

    func release(_ ports: [Int]) { reserved.withLock { $0.subtract(ports) } }

    /// Notes a pod's containers and their ports.
    func set(_ pod: KubeObject, _ containers: [(spec: JSON, port: Int)]) {
        let known = containers.map { container in
            let declared = container.spec["ports"].elements.compactMap {
                $0["containerPort"].int.map(Int.init)
            }
            return (declared: Set(declared), port: container.port)
        }
        entries.withLock { $0[pod.key] = Entry(uid: pod.uid, containers: known) }
    }

    func remove(_ key: ObjectKey, uid: UID) {
        entries.withLock { if $0[key]?.uid == uid { $0[key] = nil } }
    }

    /// The real port behind a container port; nil when no process runs for the pod. A port that no
    /// container declares is the first container's.
    func port(of pod: ObjectKey, containerPort: Int) -> Int? {
        entries.withLock { entries in
            guard let containers = entries[pod]?.containers else { return nil }
            return (containers.first { $0.declared.contains(containerPort) } ?? containers.first)?.port
        }
    }

    /// Lets the system choose a port, and gives it back at once.
    private static func freePort() -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard bind(descriptor, pointer, length) == 0, getsockname(descriptor, pointer, &length) == 0
                else {
                    return nil
                }
                return Int(UInt16(bigEndian: UnsafeRawPointer(pointer).load(as: sockaddr_in.self).sin_port))
            }
        }
    }
}
