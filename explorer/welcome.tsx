// What stands here before there is a token: where one comes from.

const CREATE = `bin/gatehouse connection create \\
  --workspace Home --name Dashboard --capabilities CONTENT_READ,USER_READ`;

const SHARE = `bin/gatehouse share grant \\
  --connection <connection id> --resource <page id> --access READ`;

export function Welcome() {
  return (
    <main className="welcome">
      <h1>Ask as a connection</h1>
      <p>
        The explorer shows the schema a connection sees and answers as it would be answered. Paste its token above; it
        stays in this tab and goes nowhere but to this gateway.
      </p>
      <h2>No token yet?</h2>
      <p>On a first start, Gatehouse makes a small demo workspace and prints a token. Otherwise make a connection:</p>
      <pre>{CREATE}</pre>
      <p>Its token is printed once. It sees nothing yet: share a page with it, and everything below comes along.</p>
      <pre>{SHARE}</pre>
      <p>Lost it? This makes a new one and ends the old:</p>
      <pre>bin/gatehouse token rotate --connection &lt;connection id&gt;</pre>
    </main>
  );
}
