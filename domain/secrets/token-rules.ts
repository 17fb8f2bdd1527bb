import { isRandom } from './placeholder.ts';
import type { SecretRule } from './rule.ts';

/** A token that says by its own shape whose it is. */
const token = (
  id: string,
  title: string,
  shape: string,
  severity: SecretRule['severity'] = 'high',
): SecretRule => ({
  id,
  title,
  severity,
  confidence: 'high',
  // the characters of tokens on both sides: what only contains the shape is a digest or a picture
  pattern: new RegExp(`(?<![A-Za-z0-9_-])(?<secret>${shape})(?![A-Za-z0-9_-])`, 'g'),
  holds: (secret) => isRandom(secret, 3),
});

export const TOKEN_RULES: readonly SecretRule[] = [
  token('GoogleApiKey', 'Google API key', 'AIza[A-Za-z0-9_-]{35}'),
  token('GoogleOAuthClientSecret', 'Google OAuth client secret', 'GOCSPX-[A-Za-z0-9_-]{28}'),
  token('StripeWebhookSecret', 'Stripe webhook secret', 'whsec_[A-Za-z0-9+/=]{32,80}'),
  token(
    'AzureClientSecret',
    'Microsoft Entra client secret',
    '[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}',
  ),
  token('PyPiToken', 'PyPI token', 'pypi-AgE[A-Za-z0-9_-]{50,1000}'),
  token('RubyGemsToken', 'RubyGems token', 'rubygems_[a-f0-9]{48}'),
  token('NuGetApiKey', 'NuGet API key', 'oy2[a-z0-9]{43}'),
  token('GitLabToken', 'GitLab token', 'gl(?:dt|rt|ptt|ft|soat|cbt|oas|agent|imt)-[A-Za-z0-9_-]{20,128}'),
  token('SlackToken', 'Slack token', 'xox[ecds](?:\\.xox[bp])?-[A-Za-z0-9%-]{20,400}'),
  token(
    'DiscordBotToken',
    'Discord bot token',
    '[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}',
  ),
  token('TelegramBotToken', 'Telegram bot token', '[0-9]{8,10}:AA[A-Za-z0-9_-]{33}'),
  token('TwilioApiKey', 'Twilio API key', 'SK[0-9a-f]{32}'),
  token('SendGridKey', 'SendGrid API key', 'SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}'),
  token('MailgunKey', 'Mailgun API key', 'key-[0-9a-f]{32}'),
  token('MailchimpKey', 'Mailchimp API key', '[0-9a-f]{32}-us[0-9]{1,2}'),
  token('HuggingFaceToken', 'Hugging Face token', '(?:hf_|api_org_)[A-Za-z0-9]{34}'),
  token('DigitalOceanToken', 'DigitalOcean token', 'do[opr]_v1_[a-f0-9]{64}'),
  token('TerraformCloudToken', 'Terraform Cloud token', '[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{60,70}'),
  token('DynatraceToken', 'Dynatrace token', 'dt0[a-z]0[0-9]\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}'),
  token('NewRelicKey', 'New Relic API key', 'NRAK-[A-Z0-9]{27}'),
  token('SentryToken', 'Sentry token', 'sntr(?:ys_[A-Za-z0-9+/=_-]{60,400}|yu_[a-f0-9]{64})'),
  token('AtlassianToken', 'Atlassian API token', 'ATATT3[A-Za-z0-9_=-]{150,300}'),
  token('DopplerToken', 'Doppler token', 'dp\\.(?:pt|st|ct|scim|audit)\\.[A-Za-z0-9.]{40,60}'),
  token('PulumiToken', 'Pulumi token', 'pul-[a-f0-9]{40}'),
  token('SupabaseToken', 'Supabase token', 'sbp_[a-f0-9]{40}'),
  token('PlanetScaleToken', 'PlanetScale token', 'pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,64}'),
  token('PostmanKey', 'Postman API key', 'PMAK-[a-f0-9]{24}-[a-f0-9]{34}'),
  token('SonarToken', 'SonarQube token', 'sq[upa]_[a-f0-9]{40}'),
  token('ArtifactoryKey', 'Artifactory API key', 'AKCp[A-Za-z0-9]{69}'),
  token('SquareToken', 'Square token', 'sq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}'),
  token('BraintreeToken', 'Braintree token', 'access_token\\$production\\$[0-9a-z]{16}\\$[0-9a-f]{32}'),
  token('AlibabaAccessKey', 'Alibaba Cloud access key', 'LTAI[A-Za-z0-9]{20}', 'medium'),
  token('OpenRouterKey', 'OpenRouter API key', 'sk-or-v1-[a-f0-9]{64}'),
  token('ReplicateToken', 'Replicate token', 'r8_[A-Za-z0-9]{37}'),
  token('AgeSecretKey', 'age private key', 'AGE-SECRET-KEY-1[0-9A-Z]{58}', 'critical'),
  token(
    'DiscordWebhook',
    'Discord webhook',
    'https://discord(?:app)?\\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,80}',
  ),
  token(
    'TeamsWebhook',
    'Microsoft Teams webhook',
    'https://[a-z0-9-]{1,63}\\.webhook\\.office\\.com/webhookb2/[A-Za-z0-9@-]{36,80}/IncomingWebhook/[A-Za-z0-9]{20,40}/[A-Za-z0-9-]{36}',
  ),
  token(
    'JsonWebToken',
    'JSON web token',
    'eyJ[A-Za-z0-9_-]{10,2000}\\.eyJ[A-Za-z0-9_-]{10,8000}\\.[A-Za-z0-9_-]{20,1000}',
    'medium',
  ),
];
