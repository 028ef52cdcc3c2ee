// The alerts' configuration, and what receivers are sent.

import HTTPModel
import JSONTree
import KubeModel
import Notifications
import Testing

private let alert = Alert(
    id: "u1", rollout: "web", namespace: "shop", revision: "3", analysisRun: "web-3", phase: "Failed", metric: "rate",
    value: "[0.81]", condition: "result[0] >= 0.95", message: "say \"why\"\n",
    startedAt: Timestamp("2026-11-21T12:00:00Z") ?? .epoch)

@Suite struct AlertTests {
    private let yaml = """
        - name: chat
          type: webhook
          url: http://h/hook?token=x
          headersFrom: {secret: hook}
          template: '{"text": "{{ rollout }}: {{message}} {{other}}"}'
          retries: 3
        - name: pager
          type: alertmanager
          url: http://am:9093/
          labels: {team: shop}
          phases: [Failed]
        """

    @Test func `the ConfigMap is read`() throws {
        let receivers = try AlertConfiguration(yaml: yaml).receivers
        #expect(receivers.map(\.name) == ["chat", "pager"])
        #expect(receivers[0].headersSecret == "hook")
        #expect(receivers[0].retries == 3)
        #expect(receivers[1].phases == ["Failed"])
        #expect(try AlertConfiguration(yaml: "").receivers.isEmpty)
    }

    @Test(arguments: [
        ("- name: a\n  type: mail\n  url: http://h", "receivers[0].type: \"mail\" is none of webhook and alertmanager"),
        ("- type: webhook\n  url: http://h", "receivers[0].name: a receiver needs a name"),
        ("- name: a\n  type: webhook\n  url: ftp://h", "receivers[0].url: \"ftp://h\" is no http or https URL"),
        ("- name: a\n  type: webhook\n  url: http://h\n  template: '{\"a\": {{rollout}}}'", "receivers[0].template: is no JSON once its placeholders are filled"),
        ("- name: a\n  type: webhook\n  url: http://h\n  retry: 3", "receivers[0].retry: there is no such field"),
        ("a: b", "receivers: a list of receivers is expected"),
        ("- name: a\n  type: webhook\n  url: http://h\n- name: a\n  type: webhook\n  url: http://h", "receivers[1].name: two receivers are called a"),
    ])
    func `a mistake is told with its place`(_ yaml: String, _ problem: String) {
        #expect(throws: AlertConfigurationError(description: problem)) { try AlertConfiguration(yaml: yaml) }
    }

    @Test func `a webhook gets its template filled`() throws {
        let receivers = try AlertConfiguration(yaml: yaml).receivers
        let request = AlertDelivery.request(alert, to: receivers[0], headers: ["Authorization": "Bearer t"])
        #expect(request.target == "http://h/hook?token=x")
        #expect(request.headers["Authorization"] == "Bearer t")
        #expect(try JSON.parse(request.body) == ["text": "web: say \"why\"\n {{other}}"])
    }

    @Test func `a webhook without a template gets everything`() throws {
        var receiver = try AlertConfiguration(yaml: yaml).receivers[0]
        receiver.template = nil
        let body = try JSON.parse(AlertDelivery.request(alert, to: receiver, headers: [:]).body)
        #expect(body["metric"] == "rate")
        #expect(body["value"] == "[0.81]")
        #expect(body["condition"] == "result[0] >= 0.95")
        #expect(body["status"] == "firing")
    }

    @Test func `Alertmanager gets labels that stay the same until the end`() throws {
        let receiver = try AlertConfiguration(yaml: yaml).receivers[1]
        let first = AlertDelivery.request(alert, to: receiver, headers: [:])
        #expect(first.target == "http://am:9093/api/v2/alerts")
        var ended = alert
        ended.resolvedAt = alert.startedAt + .seconds(60)
        let firing = try JSON.parse(first.body)[0]
        let resolved = try JSON.parse(AlertDelivery.request(ended, to: receiver, headers: [:]).body)[0]
        #expect(firing["labels"] == resolved["labels"])
        #expect(firing["labels"]["team"] == "shop")
        #expect(firing["annotations"]["condition"] == "result[0] >= 0.95")
        #expect(resolved["endsAt"] == "2026-11-21T12:01:00Z")
    }
}
