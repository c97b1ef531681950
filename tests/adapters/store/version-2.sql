-- A store as version 2 wrote it: the schema of that version, frozen, with one finished run and one that goes on.
CREATE TABLE strategies (
  strategy_id TEXT PRIMARY KEY, name TEXT NOT NULL, file TEXT NOT NULL, strategy_hash TEXT NOT NULL,
  changed_ms INTEGER NOT NULL) STRICT;
CREATE TABLE queue (
  strategy_id TEXT PRIMARY KEY REFERENCES strategies, status TEXT NOT NULL, reason TEXT NOT NULL,
  run_id TEXT NOT NULL, changed_ms INTEGER NOT NULL) STRICT;
CREATE TABLE runs (
  run_id TEXT PRIMARY KEY, tier TEXT NOT NULL, workflow_id TEXT NOT NULL, execution_id TEXT NOT NULL,
  code_version TEXT NOT NULL, state TEXT NOT NULL, started_ms INTEGER NOT NULL, finished_ms INTEGER,
  summary TEXT, queued_before INTEGER NOT NULL DEFAULT 0, metrics TEXT, alerts TEXT NOT NULL DEFAULT '[]',
  escalation TEXT) STRICT;
CREATE INDEX runs_by_start ON runs (started_ms);
CREATE TABLE run_strategies (
  run_id TEXT NOT NULL REFERENCES runs, strategy_id TEXT NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL,
  strategy_hash TEXT NOT NULL, trials_before INTEGER NOT NULL, outcome TEXT, status_before TEXT,
  PRIMARY KEY (run_id, strategy_id)) STRICT, WITHOUT ROWID;
CREATE TABLE verdicts (
  run_id TEXT NOT NULL, strategy_id TEXT NOT NULL, tier TEXT NOT NULL, status TEXT NOT NULL, text TEXT NOT NULL,
  seconds REAL NOT NULL, stored_ms INTEGER NOT NULL, timeouts INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run_id, strategy_id, tier)) STRICT;
CREATE INDEX verdicts_by_strategy ON verdicts (strategy_id, stored_ms);
CREATE TABLE trials (
  run_id TEXT NOT NULL, strategy_id TEXT NOT NULL, tier TEXT NOT NULL, family TEXT NOT NULL,
  count INTEGER NOT NULL, counted_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, strategy_id, tier)) STRICT;
CREATE INDEX trials_by_family ON trials (family);
INSERT INTO strategies VALUES ('STR-001', 'Two means', '/strategies/STR-001.yaml', 'abcd', 1);
INSERT INTO strategies VALUES ('STR-002', 'Breakout', '/strategies/STR-002.yaml', 'ef01', 1);
INSERT INTO queue VALUES ('STR-001', 'L0_PASSED', '', 'old', 2);
INSERT INTO queue VALUES ('STR-002', 'L0_VALIDATING', '', 'open', 4);
INSERT INTO runs VALUES ('old', 'L0', 'parallel-validation:old', 'e1', '0.0.9', 'done', 1, 3, NULL, 1, NULL, '[]', NULL);
INSERT INTO runs VALUES ('open', 'L0', 'parallel-validation:open', 'e2', '0.0.9', 'running', 4, NULL, NULL, 1, NULL, '[]', NULL);
INSERT INTO run_strategies VALUES ('old', 'STR-001', 'Two means', '/strategies/STR-001.yaml', 'abcd', 0, NULL, 'QUEUED');
INSERT INTO run_strategies VALUES ('open', 'STR-002', 'Breakout', '/strategies/STR-002.yaml', 'ef01', 4, NULL, 'QUEUED');
INSERT INTO verdicts VALUES ('old', 'STR-001', 'L0', 'PASS', '{"strategyId":"STR-001","status":"PASS"}', 0.25, 3, 1);
INSERT INTO trials VALUES ('old', 'STR-001', 'L0', 'STR-001', 3, 3);
INSERT INTO trials VALUES ('older', 'STR-002', 'L0', 'STR-002', 4, 2);
PRAGMA user_version = 2;
PRAGMA application_id = 1313100619;
