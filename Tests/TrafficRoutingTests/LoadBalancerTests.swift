// What AWS answers about a load balancer, and whether the weights in force are the wished ones.

import JSONTree
import KubeModel
import MartletModel
import Testing
import TrafficRouting

@Suite struct LoadBalancerTests {
    private static let host = "web-123.eu-west-1.elb.amazonaws.com"
    private static let groups = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup"

    /// AWS's answers, action by action, for a canary of that weight.
    private static func answer(_ action: String, canary: Int, marker: String? = nil) -> String {
        switch action {
        case "DescribeLoadBalancers":
            let first =
                "<member><LoadBalancerArn>arn:other</LoadBalancerArn><DNSName>other.elb</DNSName></member>"
            let second =
                "<member><LoadBalancerArn>arn:lb/web</LoadBalancerArn><DNSName>Web-123.eu-west-1.elb.amazonaws.com"
                + "</DNSName><LoadBalancerName>web</LoadBalancerName></member>"
            let members = marker == nil ? first : second
            let next = marker == nil ? "<NextMarker>page2</NextMarker>" : ""
            return page(action, "<LoadBalancers>\(members)</LoadBalancers>\(next)")
        case "DescribeListeners":
            return page(
                action,
                "<Listeners><member><ListenerArn>arn:listener</ListenerArn><DefaultActions><member>"
                    + "<Type>fixed-response</Type></member></DefaultActions></member></Listeners>")
        case "DescribeRules":
            let targets =
                "<member><TargetGroupArn>\(groups)/canary/1</TargetGroupArn><Weight>\(canary)</Weight></member>"
                + "<member><TargetGroupArn>\(groups)/stable/2</TargetGroupArn>"
                + "<Weight>\(100 - canary)</Weight></member>"
            return page(
                action,
                "<Rules><member><Actions><member><Type>forward</Type><ForwardConfig><TargetGroups>\(targets)"
                    + "</TargetGroups></ForwardConfig></member></Actions></member></Rules>")
        case "DescribeTags":
            let tags = [("canary/1", "web-canary"), ("stable/2", "web-stable")].map { group, service in
                "<member><ResourceArn>\(groups)/\(group)</ResourceArn><Tags><member><Key>"
                    + "ingress.k8s.aws/resource</Key><Value>shop/web-\(service):80</Value></member></Tags></member>"
            }
            return page(action, "<TagDescriptions>\(tags.joined())</TagDescriptions>")
        default: return ""
        }
    }

    private static func page(_ action: String, _ content: String) -> String {
        "<?xml version=\"1.0\"?>\n<\(action)Response xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/\">"
            + "<\(action)Result>\(content)</\(action)Result><ResponseMetadata/></\(action)Response>"
    }

    /// Asks the stub until there is an answer.
    private static func ask(canary: Int) -> (answer: LoadBalancerAnswer?, actions: [String]) {
        let question = LoadBalancerQuestion(host)
        var answers: [String] = []
        var actions: [String] = []
        for _ in 0..<10 {
            switch question.step(answers) {
            case .done(let answer): return (answer, actions)
            case .send(let parameters):
                let action = parameters.first { $0.name == "Action" }?.value ?? ""
                actions.append(action)
                answers.append(
                    Self.answer(action, canary: canary, marker: parameters.first { $0.name == "Marker" }?.value))
            }
        }
        return (nil, actions)
    }

    @Test func `the weights in force are asked for, page by page`() throws {
        let (found, actions) = Self.ask(canary: 25)
        let answer = try #require(found)
        #expect(
            actions == [
                "DescribeLoadBalancers", "DescribeLoadBalancers", "DescribeListeners", "DescribeRules",
                "DescribeTags",
            ])
        #expect(answer.name == "web")
        #expect(answer.problem.isEmpty)
        #expect(answer.groups.map(\.name) == ["canary", "stable"])
        #expect(answer.groups.map(\.weight) == [25, 75])
        #expect(answer.groups.map(\.resource) == ["shop/web-web-canary:80", "shop/web-web-stable:80"])
        #expect(LoadBalancerAnswer(answer.object(Self.host)) == answer)
    }

    @Test(arguments: [
        ("not xml", "no XML"), ("<html><body>", "no XML"),
        (
            "<ErrorResponse><Error><Code>Throttling</Code><Message>a &lt; b</Message></Error></ErrorResponse>",
            "Throttling: a < b"
        ),
        ("<DescribeLoadBalancersResponse/>", "no load balancer"),
    ]) func `what cannot be read is said`(_ text: String, _ words: String) {
        guard case .done(let answer) = LoadBalancerQuestion(Self.host).step([text]) else {
            Issue.record("asks on")
            return
        }
        #expect(answer.problem.contains(words), "\(answer.problem)")
    }

    // MARK: What a router makes of it

    private static func router(verifies: Bool = true) -> ALBRouter {
        var address = RouterAddress(
            rollout: "web", namespace: "shop", canaryService: "web-canary", stableService: "web-stable")
        address.verifiesLoadBalancers = verifies
        return ALBRouter(ALBRouting(["ingress": "web", "servicePort": 80]), at: address)
    }

    private static func objects(_ router: ALBRouter, status: JSON, _ answer: LoadBalancerAnswer?) -> RoutedObjects {
        var objects: RoutedObjects = [:]
        for reference in router.reads {
            objects[reference] = KubeObject([
                "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                "metadata": ["name": .string(reference.name), "namespace": "shop"], "status": status,
            ])
        }
        if let answer { objects[LoadBalancerAnswer.reference(host)] = answer.object(host) }
        return objects
    }

    private static let status: JSON = ["loadBalancer": ["ingress": [["hostname": .string(host)]]]]

    @Test func `a weight counts when the load balancer has it`() throws {
        let router = Self.router()
        let wish = TrafficSplit(canary: Weight(25))
        func missing(_ answer: LoadBalancerAnswer?, status: JSON = Self.status) -> String? {
            router.unconfirmed(Self.objects(router, status: status, answer), wish)
        }
        let held = try #require(Self.ask(canary: 25).answer)
        let early = try #require(Self.ask(canary: 10).answer)
        #expect(missing(held) == nil)
        #expect(missing(early) == "target group canary to have weight 25")
        #expect(missing(nil) == "AWS to answer about \(Self.host)")
        #expect(missing(held, status: [:]) == "ingress web to have a load balancer")
        #expect(missing(LoadBalancerAnswer(problem: "AWS refuses")) == "AWS refuses")
        #expect(missing(LoadBalancerAnswer(name: "web"))?.contains("target group for web-canary") ?? false)
        #expect(router.loadBalancers(Self.objects(router, status: Self.status, nil)) == [Self.host])
        let trusting = Self.router(verifies: false)
        #expect(trusting.unconfirmed(Self.objects(trusting, status: [:], nil), wish) == nil)
    }
}
