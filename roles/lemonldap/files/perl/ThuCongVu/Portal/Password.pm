package ThuCongVu::Portal::Password;

# The page on which a password is changed: it shows the rule of the person's class and, when a new password is refused, each reason.
# slapd has the last word (history, and whatever this page has not seen).

use strict;
use warnings;
use utf8;
use JSON qw(from_json to_json);
use Mouse;
use ThuCongVu::PasswordRules;
use Lemonldap::NG::Portal::Main::Constants qw(
  PE_OK
  PE_LDAPERROR
  PE_PP_INSUFFICIENT_PASSWORD_QUALITY
  PE_TOKENEXPIRED
);

extends 'Lemonldap::NG::Portal::Main::Plugin';

use constant beforeAuth => 'onlyFromThePage';
use constant hook       => { passwordBeforeChange => 'check', sendHtml => 'explain' };

has rules => ( is => 'rw' );

sub init {
    my ($self) = @_;
    $self->rules( $self->conf->{customPluginsParams}{passwordRules} );
    return 1;
}

# Nobody learns which accounts there are by sending the form of a forced change: it carries what the page got that a right first
# password has opened.
sub onlyFromThePage {
    my ( $self, $req ) = @_;
    return PE_OK unless $req->param('newpassword') and !$req->userData->{_dn};
    return PE_OK if $self->p->{_passwordDB}->ott->getToken( $req->param('oldpassword'), 1 );
    $req->user('');
    return PE_TOKENEXPIRED;
}

# What the directory says of whoever changes a password; the class is the name of the entry's password policy.
sub owner {
    my ( $self, $req ) = @_;
    return $req->data->{tcvOwner} if $req->data->{tcvOwner};
    my $dn = $req->data->{dn} || ( $req->sessionInfo || {} )->{_dn} || ( $req->userData || {} )->{_dn} or return;
    my $database = $self->p->{_passwordDB};
    $database->bind or return;
    my $found = $database->ldap->search(
        base   => $dn,
        scope  => 'base',
        filter => '(objectClass=tcvMailbox)',
        attrs  => [ 'mail', 'tcvPlainName', 'tcvMailboxKind', 'pwdPolicySubentry' ],
    );
    my $entry = $found->code ? undef : $found->entry(0) or return;
    my %owner = map { $_ => scalar $entry->get_value($_) } qw(mail tcvPlainName tcvMailboxKind);
    my ($policy) = ( $entry->get_value('pwdPolicySubentry') // '' ) =~ /^cn=([^,]+),/;
    $owner{class} = $policy // $owner{tcvMailboxKind};
    return $req->data->{tcvOwner} = \%owner;
}

sub check {
    my ( $self, $req, $user, $password ) = @_;
    my $owner = $self->owner($req) or return PE_LDAPERROR;
    utf8::decode($password) unless utf8::is_utf8($password);
    my @broken = ThuCongVu::PasswordRules::broken( $self->rules, $owner->{class}, $password, $owner );
    return PE_OK unless @broken;
    $req->data->{tcvBroken} = { map { $_->{key} => 1 } @broken };
    return PE_PP_INSUFFICIENT_PASSWORD_QUALITY;
}

sub escaped {
    my ($text) = @_;
    my %as = ( '&' => '&amp;', '<' => '&lt;', '>' => '&gt;', '"' => '&quot;' );
    $text =~ s/([&<>"])/$as{$1}/g;
    return $text;
}

# Put the rule into a page that asks for a new password. The page's script chooses the language, so both go with it.
sub explain {
    my ( $self, $req, $template, $args ) = @_;
    my $params = $args->{params} or return PE_OK;
    if ( $$template eq 'error' and $req->param('newpassword') and $req->userData->{_dn} ) {

        # Whoever is signed in reads the answer above the form, and need not look for the form again.
        $req->menuError( $req->error );
        # Its setter takes no zero.
        $req->{error} = PE_OK;
        ( my $page, my $menu ) = $self->p->display($req);
        $$template = $page;
        %$params = ( %$params, %$menu );
    }
    return PE_OK unless $$template eq 'menu' or $params->{DISPLAY_PASSWORD};
    my $owner = $self->owner($req) or return PE_OK;
    my @lines = @{ $self->rules->{classes}{ $owner->{class} } // [] };
    my $words = from_json( $params->{TROVER} );
    my $broken = $req->data->{tcvBroken} // {};
    for my $language (qw(vi en)) {
        $words->{$language}{"tcv-$_->{key}"} = escaped( $_->{$language} ) for @lines;
        # Reasons that are known stand in place of what could be said of any refusal.
        $words->{$language}{PEtcv} = join '', $words->{$language}{'tcvRefused'} // '', '<ul class="reasons">',
          ( map { '<li>' . escaped( $_->{$language} ) . '</li>' } grep { $broken->{ $_->{key} } } @lines ), '</ul>'
          if %$broken;
    }
    $params->{AUTH_ERROR} = 'tcv' if %$broken;
    $params->{TROVER} = to_json($words);
    $params->{DISPLAY_PPOLICY} = 1;
    my $shown = [
        map {
            my $line = $_;
            {
                condition => 1,
                id        => "tcv-$line->{key}" =~ tr/./-/r,
                label     => "tcv-$line->{key}",
                data      => [ map { { key => $_, value => $line->{$_} } } grep { defined $line->{$_} } qw(needs refuses) ],
            }
        } @lines
    ];
    $params->{PPOLICY_RULES} = $shown;
    $_->{PPOLICY_RULES} = $shown for grep { $_->{ChangePassword} } @{ $params->{DISPLAY_MODULES} // [] };
    return PE_OK;
}

1;
