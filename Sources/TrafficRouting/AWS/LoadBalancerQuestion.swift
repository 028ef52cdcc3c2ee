// Elastic Load Balancing's API: which requests tell the weights in force, and what answers say.

/// Asks about one load balancer, a request after the other
/// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/). Whoever sends the
/// requests signs them; nothing here knows of credentials.
package struct LoadBalancerQuestion: Sendable {
    private let hostName: String

    /// The version of the API whose actions and answers these are.
    package static let version = "2015-12-01"
    /// The tag by which the AWS load balancer controller marks target groups.
    package static let tag = "ingress.k8s.aws/resource"
    /// As many resources as one `DescribeTags` takes.
    private static let taggedMax = 20
    /// More requests than that are no question any more.
    private static let requestCountMax = 40

    /// What comes next.
    package enum Step: Hashable, Sendable {
        /// An action with its parameters; the answer's text goes into the next look.
        case send([Parameter])
        case done(LoadBalancerAnswer)
    }

    /// One parameter of a request.
    package struct Parameter: Hashable, Sendable {
        package var name: String
        package var value: String
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(_ hostName: String) { self.hostName = hostName }

    /// The next step after the answers so far.
    package func step(_ answers: [String]) -> Step {
        var rest = answers[...]
        var parser = AnswerReader()
        var balancer: XMLElement?
        var marker: String?
        repeat {
            guard let text = rest.popFirst() else {
                return .send(
                    Self.action("DescribeLoadBalancers")
                        + (marker.map { [Parameter("Marker", $0)] } ?? []))
            }
            guard let page = parser.read(text) else { return parser.failure }
            let members = page.members("DescribeLoadBalancersResult", "LoadBalancers")
            balancer = members.first { $0["DNSName"].lowercased() == hostName.lowercased() }
            marker = page.child("DescribeLoadBalancersResult")?["NextMarker"]
            if marker?.isEmpty ?? true { marker = nil }
        } while balancer == nil && marker != nil && answers.count < Self.requestCountMax
        guard let balancer else {
            return .done(LoadBalancerAnswer(problem: "no load balancer has the host name \(hostName)"))
        }
        let arn = balancer["LoadBalancerArn"]
        guard let text = rest.popFirst() else {
            return .send(Self.action("DescribeListeners") + [Parameter("LoadBalancerArn", arn)])
        }
        guard let page = parser.read(text) else { return parser.failure }
        var weights: [String: Int] = [:]
        for listener in page.members("DescribeListenersResult", "Listeners") {
            Self.note(listener.members("DefaultActions"), &weights)
            guard let text = rest.popFirst() else {
                return .send(
                    Self.action("DescribeRules") + [Parameter("ListenerArn", listener["ListenerArn"])])
            }
            guard let rules = parser.read(text) else { return parser.failure }
            for rule in rules.members("DescribeRulesResult", "Rules") {
                Self.note(rule.members("Actions"), &weights)
            }
        }
        return tags(weights, LoadBalancerAnswer(name: balancer["LoadBalancerName"], arn: arn), rest, parser)
    }

    /// What the target groups are for.
    private func tags(
        _ weights: [String: Int], _ known: LoadBalancerAnswer, _ answers: ArraySlice<String>,
        _ reader: AnswerReader
    ) -> Step {
        var (known, rest, parser) = (known, answers, reader)
        let arns = weights.keys.sorted()
        for start in stride(from: 0, to: arns.count, by: Self.taggedMax) {
            let part = arns[start..<min(start + Self.taggedMax, arns.count)]
            guard let text = rest.popFirst() else {
                let resources = part.enumerated().map { index, arn in
                    Parameter("ResourceArns.member.\(index + 1)", arn)
                }
                return .send(Self.action("DescribeTags") + resources)
            }
            guard let page = parser.read(text) else { return parser.failure }
            for description in page.members("DescribeTagsResult", "TagDescriptions") {
                let arn = description["ResourceArn"]
                let tag = description.members("Tags").first { $0["Key"] == Self.tag }
                known.groups.append(
                    .init(
                        name: Self.name(ofGroup: arn), arn: arn, weight: weights[arn] ?? 0,
                        resource: tag?["Value"] ?? ""))
            }
        }
        return .done(known)
    }

    private static func action(_ name: String) -> [Parameter] {
        [Parameter("Action", name), Parameter("Version", version)]
    }

    private static func note(_ actions: [XMLElement], _ weights: inout [String: Int]) {
        for group in actions.flatMap({ $0.members("ForwardConfig", "TargetGroups") }) {
            weights[group["TargetGroupArn"]] = Int(group["Weight"]) ?? 1
        }
    }

    /// `…:targetgroup/NAME/ID`.
    private static func name(ofGroup arn: String) -> String {
        let parts = arn.split(separator: "/")
        return parts.count == 3 ? String(parts[1]) : arn
    }
}

/// Reads answers and keeps what the first bad one was.
private struct AnswerReader {
    private(set) var problem = ""

    mutating func read(_ text: String) -> XMLElement? {
        guard let root = XMLElement(text) else {
            problem = "AWS answered with something that is no XML"
            return nil
        }
        guard root.name == "ErrorResponse" else { return root }
        let error = root.child("Error")
        problem = "AWS refuses: \(error?["Code"] ?? ""): \(error?["Message"] ?? "")"
        return nil
    }

    var failure: LoadBalancerQuestion.Step { .done(LoadBalancerAnswer(problem: problem)) }
}

/// The answer to `AssumeRoleWithWebIdentity`: credentials for a while.
package struct AWSRoleAnswer: Hashable, Sendable {
    package var accessKey: String
    package var secretKey: String
    package var sessionToken: String
    /// RFC 3339.
    package var expiration: String

    /// Reads an answer; nil where it holds no credentials.
    package init?(_ text: String) {
        let result = XMLElement(text)?.child("AssumeRoleWithWebIdentityResult")
        guard let credentials = result?.child("Credentials") else { return nil }
        accessKey = credentials["AccessKeyId"]
        secretKey = credentials["SecretAccessKey"]
        sessionToken = credentials["SessionToken"]
        expiration = credentials["Expiration"]
        if accessKey.isEmpty || secretKey.isEmpty { return nil }
    }
}
